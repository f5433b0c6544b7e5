// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "admin/database.hpp"

// Changes many rows with many short statements. No row is locked for long, no statement meets the
// statement timeout, and rows that were not reached when the work is interrupted are unchanged.
namespace trunkline::admin {

// Returns "{1,2,3}", for $1::bigint[].
std::string array_of(const std::int64_t* begin, std::size_t count);

// Executes one statement for the rows of an id array. Returns the changed rows, id first.
using batch_step = std::function<query_result(const std::string& id_array)>;

struct batch_options {
  int per_second = 0;                                       // 0: no limit
  const std::atomic<bool>* stop = nullptr;                  // set: stop before the next step
  std::function<void(std::size_t done)> on_step = nullptr;  // called after each step
};

struct batch_result {
  std::vector<std::int64_t> ids;  // the changed rows, sorted
  bool stopped = false;           // by the stop flag
  std::optional<database_failure> failure;
};

batch_result
in_batches(const std::vector<std::int64_t>& ids, const batch_options&, const batch_step&);

}  // namespace trunkline::admin
