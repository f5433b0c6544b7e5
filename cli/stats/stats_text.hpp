// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "admin/stats/stats_report.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {

std::string as_text(const stats_report&);

}  // namespace trunkline::cli
