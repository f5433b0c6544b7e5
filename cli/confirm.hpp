// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "cli/output.hpp"

namespace trunkline::cli {

// Asks on stderr; true: "yes" came from standard input.
bool confirmed(const std::string& question);

}  // namespace trunkline::cli
