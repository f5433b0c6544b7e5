// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/process/consumer.hpp"

namespace trunkline::worker {

// The consumers of this process, one a thread. A broken invariant in one of them stops them all.
class crew {
 public:
  crew(shared_parts&, const std::string& process_id);
  // Until a stop is requested and all have left. False: one of them broke.
  bool run();
  const std::vector<std::unique_ptr<consumer>>& members() const { return members_; }

 private:
  shared_parts& shared_;
  std::vector<std::unique_ptr<consumer>> members_;
};

}  // namespace trunkline::worker
