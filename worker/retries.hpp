// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/carrier.hpp"
#include "worker/gate.hpp"
#include "worker/stream_work.hpp"

namespace trunkline::worker {

// Due retries, out of Postgres: at most one batch a call, under a lease.
class retries {
 public:
  retries(tools&, carrier&, hold& postgres, gate& poll);
  // Once a poll period for all threads together, or, while Postgres is held for, each time.
  void run();

 private:
  void carry(std::vector<store::leased_event>, std::chrono::steady_clock::time_point good_until);

  tools& tools_;
  carrier& carrier_;
  hold& hold_;
  gate& poll_;
};

}  // namespace trunkline::worker
