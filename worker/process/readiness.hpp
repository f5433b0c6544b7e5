// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/probes/probe_server.hpp"
#include "worker/process/thread_status.hpp"

namespace trunkline::worker {

// What the ops listener answers: /livez as long as the process runs, /readyz 200 while every thread
// works or applying is paused (with a note), else 503 with state and reasons, /metrics.
probes::response probe_response(const thread_status&, const totals&, std::string_view path);

// The same for people, in a line: "running", "holding: postgres: ...".
std::string status_line(const thread_status&);

}  // namespace trunkline::worker
