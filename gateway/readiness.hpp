// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include "common/probes/probe_server.hpp"
#include "gateway/redis_delivery_queue.hpp"

namespace trunkline::gateway {

// What the ops listener answers. /livez: the process runs. /readyz: deliveries are taken, by every
// thread; Postgres has no part in it.
probes::response answer_probe(
    std::string_view path, bool draining, const std::vector<queue_state>& queues
);

}  // namespace trunkline::gateway
