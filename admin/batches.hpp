// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "admin/database.hpp"

// Work on many rows: many short statements. Rows are not locked for long, none meets the statement
// timeout, and broken off in between, the others are simply still as they were.
namespace trunkline::admin {

// "{1,2,3}", for $1::bigint[].
std::string array_of(const std::int64_t* begin, std::size_t count);

struct batch_pace {
  int per_second = 0;     // 0: as fast as it goes
  bool progress = false;  // a line on stderr every two seconds
};
struct batch_result {
  std::vector<std::int64_t> ids;  // what the steps say they changed
  bool stopped = false;           // by SIGINT or SIGTERM
  std::optional<database_failure> failure;
};
// One statement's worth: returns the rows that it changed.
using batch_step = std::function<database_answer(const std::string& id_array)>;
batch_result in_batches(const std::vector<std::int64_t>& ids, const batch_pace&, const batch_step&);

}  // namespace trunkline::admin
