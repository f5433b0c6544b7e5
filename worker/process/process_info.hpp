// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/redis/client.hpp"
#include "worker/process/consumer.hpp"

namespace trunkline::worker {

// The card of this process in Redis, for "trunkline queue" and "workers list": a hash that expires
// 30 s after the last beat. Best effort: above maxmemory Redis refuses it, and nothing depends on
// it.
class process_info {
 public:
  process_info(
      redis::client&, shared_state&, const std::vector<std::unique_ptr<consumer>>& consumers
  );
  // Beats where one is due: each period, and at once when the state has changed.
  void publish_if_due();
  void remove();  // the card goes with the process

 private:
  void publish(const std::string& state);

  redis::client& client_;
  shared_state& shared_;
  const std::vector<std::unique_ptr<consumer>>& consumers_;
  const std::string key_;
  minute_rate rate_;
  std::string told_;                    // the state of the last beat
  std::int64_t started_ms_, since_ms_;  // the process, this state
  std::chrono::steady_clock::time_point due_{};
};

// host-pid-random: unique in the world.
std::string make_process_id();

}  // namespace trunkline::worker
