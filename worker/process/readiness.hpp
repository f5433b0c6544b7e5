// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/probes/probe_server.hpp"
#include "worker/process/thread_status.hpp"
#include "worker/process/totals.hpp"

namespace trunkline::worker {

// Returns the response of the probe listener. /livez is 200 while the process runs. /readyz is 200
// while the worker is running or paused, otherwise 503, with state and reasons. /metrics is the
// metrics page.
probes::response probe_response(const thread_status&, const totals&, std::string_view path);

// Returns the state and its reasons as one line: "running", "blocked: postgres: ...".
std::string status_line(const thread_status&);

}  // namespace trunkline::worker
