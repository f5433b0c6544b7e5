// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "cli/output.hpp"
#include "admin/queue/queue_report.hpp"

namespace trunkline::cli {

// Takes and shows a sample each so many seconds, until SIGINT, SIGTERM or a closed pipe: on a
// terminal in place, else a line a sample.
exit_code watch_queue(
    double seconds, bool json, const std::function<std::pair<queue_report, queue_verdict>()>& take
);

// What of the text fits on a screen, from the top, long lines folded as a terminal does; the last
// line says how many were left out.
std::string fit_screen(const std::string& text, std::size_t columns, std::size_t rows);

}  // namespace trunkline::cli
