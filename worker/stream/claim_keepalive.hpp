// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/redis/client.hpp"
#include "worker/process/consumer.hpp"

namespace trunkline::worker {

// Keeps what the threads hold from being claimed by others, however long a commit or a hold takes:
// resets the idle time of every held entry, without counting a delivery. On a thread and a
// connection of its own.
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
