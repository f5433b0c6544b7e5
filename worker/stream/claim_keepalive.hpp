// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/redis/client.hpp"
#include "worker/process/consumer.hpp"

namespace trunkline::worker {

// Keeps the in-flight entries of all threads from being reclaimed by other workers during a long
// commit or an outage: resets their idle time without counting a delivery. Has its own thread and
// connection.
class claim_keepalive {
 public:
  claim_keepalive(redis::client&, shared_state&, const std::vector<std::unique_ptr<consumer>>&);
  void refresh();

 private:
  redis::client& client_;
  shared_state& shared_;
  const std::vector<std::unique_ptr<consumer>>& consumers_;
};

}  // namespace trunkline::worker
