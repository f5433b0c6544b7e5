// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <utility>

#include "ctl/queue/queue_report.hpp"

namespace trunkline::ctl {

// Takes and shows a sample each so many seconds, until SIGINT, SIGTERM or a closed pipe: on a
// terminal in place, else a line a sample.
exit_code watch_queue(
    double seconds, bool json, const std::function<std::pair<queue_report, queue_verdict>()>& take
);

}  // namespace trunkline::ctl
