// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "cli/output.hpp"

namespace trunkline::cli {

// Prints the question on stderr. Returns true if "yes" is read from standard input.
bool confirmed(const std::string& question);

}  // namespace trunkline::cli
