// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "admin/batches.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {

struct batch_pace {
  int per_second = 0;     // 0: no limit
  bool progress = false;  // print a line on stderr every two seconds
};

// Runs in_batches() until all rows are done or SIGINT or SIGTERM arrives.
batch_result
run_batches(const std::vector<std::int64_t>& ids, const batch_pace&, const batch_step&);

}  // namespace trunkline::cli
