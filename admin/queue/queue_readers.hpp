// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "admin/queue/queue_report.hpp"
#include "common/process/common_options.hpp"

// The sources of the queue report. Each reader uses one server. It may take longer than its budget,
// because a resolver cannot be interrupted: run it in a deadline_task.
namespace trunkline::admin {

template <class State>
struct reading {
  std::optional<State> state;
  std::string problem;  // what is unknown and why; also set if only a part of the state is known
};

// Reads the queue and the memory of Redis, in at most three round trips and without SCAN, so that
// it can run every two seconds.
reading<redis_state> read_redis_queue(
    const config::common_options&, std::chrono::milliseconds budget
);
// Reads what read_redis_queue() reads, and counters, settings and processes.
reading<redis_state> read_redis(const config::common_options&, std::chrono::milliseconds budget);
reading<postgres_state> read_postgres(
    const config::common_options&, std::chrono::milliseconds budget
);

// Reads both servers at the same time. Returns within two seconds; what is not known by then is
// absent from the report and named in its `unknown`.
queue_report read_queue(const config::common_options&);

}  // namespace trunkline::admin
