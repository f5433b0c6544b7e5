// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/redis/client.hpp"
#include "worker/consumer.hpp"

namespace trunkline::worker {

// Keeps what the threads hold from being claimed by others, however long a commit or a hold takes:
// resets the idle time of every held entry, without counting a delivery. On a thread and a
// connection of its own.
class refresher {
 public:
  refresher(
      redis::client&, const worker_options&, const std::vector<std::unique_ptr<consumer>>&, logger
  );
  void refresh();

 private:
  redis::client& client_;
  const worker_options& options_;
  const std::vector<std::unique_ptr<consumer>>& consumers_;
  logger log_;
};

}  // namespace trunkline::worker
