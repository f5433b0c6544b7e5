// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "cli/output.hpp"
#include "admin/stats/stats_report.hpp"

namespace trunkline::cli {

std::string as_text(const stats_report&);

}  // namespace trunkline::cli
