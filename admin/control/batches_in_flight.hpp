// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "admin/database.hpp"

// The workers' transactions that were open when a pause took effect. Each holds the structure lock,
// and reads the pause after it has the lock: transactions that get it later change nothing.
namespace trunkline::admin {

struct batches_in_flight {
  std::int64_t total = 0, open = 0;  // open when the wait began, and still open at its end
  std::string backends;              // process ids of the backends that are still open
  std::optional<database_failure> failure;
};

// Waits until all of them have ended, or until max_wait has passed. Call it after the pause is
// committed.
batches_in_flight wait_for_batches_in_flight(database&, std::chrono::milliseconds max_wait);

}  // namespace trunkline::admin
