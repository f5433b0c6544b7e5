// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "common/process/common_options.hpp"
#include "admin/queue/queue_report.hpp"

// Where the figures of `trunkline queue` come from. Each reader uses one server and may take longer
// than it was given (a resolver can't be interrupted): call it on a thread that may be left behind.
namespace trunkline::admin {

template <class State>
struct reading {
  std::optional<State> state;
  std::string problem;  // for people: what is unknown and why; may be there beside a partial state
};

// The queue and the memory alone, in three round trips at most and without SCAN: cheap enough to be
// asked every other second.
reading<redis_state> read_redis_queue(
    const config::common_options&, std::chrono::milliseconds budget
);
reading<redis_state> read_redis(const config::common_options&, std::chrono::milliseconds budget);
reading<postgres_state> read_postgres(
    const config::common_options&, std::chrono::milliseconds budget
);

}  // namespace trunkline::admin
