// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/process/consumer.hpp"

namespace trunkline::worker {

// The consumers of this process, one per thread. A failed consumer stops all of them.
class consumer_pool {
 public:
  consumer_pool(shared_state&, const std::string& process_id);
  // Runs until a stop is requested and every thread has ended. Returns false if a consumer failed.
  bool run();
  const std::vector<std::unique_ptr<consumer>>& consumers() const { return consumers_; }

 private:
  shared_state& shared_;
  std::vector<std::unique_ptr<consumer>> consumers_;
};

}  // namespace trunkline::worker
