// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "admin/queue/queue_report.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {

// Returns the verdict and the rates in one line, without a line feed.
std::string as_line(const queue_report&, const queue_verdict&);
std::string as_text(const queue_report&, const queue_verdict&);

}  // namespace trunkline::cli
