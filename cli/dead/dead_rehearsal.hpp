// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

// `trunkline dead replay --dry-run`: each dead letter applied by the worker's own code in a
// transaction that is rolled back, and what it would have changed.
#include "cli/output.hpp"

namespace trunkline::cli {

struct rehearsal_options {
  std::string conninfo;
  std::size_t limit = 20;  // most to rehearse
  bool json = false;
};
// Returns the exit code: 0 if all of them would be applied.
int rehearse(const rehearsal_options&, const std::vector<std::int64_t>& ids, bool more);

}  // namespace trunkline::cli
