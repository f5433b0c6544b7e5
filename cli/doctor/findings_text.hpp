// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "cli/output.hpp"
#include "admin/doctor/findings.hpp"

namespace trunkline::cli {

std::string as_text(const findings&, bool all);

}  // namespace trunkline::cli
