// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/redis/client.hpp"
#include "worker/consumer.hpp"

namespace trunkline::worker {

// The card of this process in Redis, for "trunkline queue": a hash that expires 30 s after the last
// beat. Best effort: above maxmemory Redis refuses it, and nothing depends on it.
class heartbeat {
 public:
  heartbeat(redis::client&, shared_parts&, std::string process_id);
  void beat();
  void end();  // the card goes with the process

 private:
  redis::client& client_;
  shared_parts& shared_;
  const std::string key_;
  minute_rate rate_;
};

// host-pid-random: unique in the world.
std::string make_process_id();

}  // namespace trunkline::worker
