// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace trunkline::cli {

// Returns the user who runs this program, "ann@ops1", as it is recorded with each change.
std::string operator_name();

}  // namespace trunkline::cli
