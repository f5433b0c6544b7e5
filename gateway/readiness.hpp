// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include "common/probes/ops_server.hpp"
#include "gateway/redis_delivery_queue.hpp"

namespace trunkline::gateway {

// What the ops listener answers. /livez: the process runs. /readyz: deliveries are taken, by every
// thread; Postgres has no part in it.
ops::answer answer_probe(
    std::string_view path, bool draining, const std::vector<queue_state>& queues
);

}  // namespace trunkline::gateway
