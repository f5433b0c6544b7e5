// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "admin/doctor/findings.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {

// Returns the findings by level. Omits passed checks unless `all` is set.
std::string as_text(const findings&, bool all);

}  // namespace trunkline::cli
