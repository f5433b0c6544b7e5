// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/process/consumer.hpp"

namespace trunkline::worker {

// The consumers of this process, one a thread. A broken invariant in one of them stops them all.
class consumer_pool {
 public:
  consumer_pool(shared_state&, const std::string& process_id);
  // Until a stop is requested and all have left. False: one of them broke.
  bool run();
  const std::vector<std::unique_ptr<consumer>>& consumers() const { return consumers_; }

 private:
  shared_state& shared_;
  std::vector<std::unique_ptr<consumer>> consumers_;
};

}  // namespace trunkline::worker
