// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "admin/queue/queue_report.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {

// Shows a sample at each interval until SIGINT, SIGTERM or a failed write: in place on a terminal,
// else one line per sample.
void watch_queue(
    double seconds, bool json, const std::function<std::pair<queue_report, queue_verdict>()>& sample
);

// Returns the top of the text that fits on a screen which folds long lines. If lines are omitted,
// the last line has their number.
std::string fit_screen(const std::string& text, std::size_t columns, std::size_t rows);

}  // namespace trunkline::cli
