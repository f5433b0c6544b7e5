// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include "common/probes/probe_server.hpp"
#include "gateway/redis_delivery_queue.hpp"

namespace trunkline::gateway {

// Returns the response of the ops listener. /livez: the process runs. /readyz: every thread accepts
// deliveries; the state of PostgreSQL has no effect.
probes::response respond_to_probe(
    std::string_view path, bool draining, const std::vector<queue_state>& queues
);

}  // namespace trunkline::gateway
