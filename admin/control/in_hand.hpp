// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "admin/database.hpp"

// The transactions of workers that were open when a pause came into force. Each holds the structure
// lock, and looks at the pause behind it: those that get the lock later change nothing.
namespace trunkline::admin {

struct batches_in_hand {
  std::int64_t of = 0, count = 0;  // open at first; of them still open
  std::string backends;            // process ids of Postgres, of those
  std::optional<database_failure> failure;
};

// Call it after the pause was committed.
batches_in_hand wait_for_batches_in_hand(database&, std::chrono::milliseconds most);

}  // namespace trunkline::admin
