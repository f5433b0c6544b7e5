// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/redis/client.hpp"
#include "worker/process/consumer.hpp"
#include "worker/process/minute_rate.hpp"

namespace trunkline::worker {

// Publishes the process info of this worker in Redis, for `trunkline queue` and `workers list`: a
// hash that expires 30 s after the last heartbeat. Above maxmemory Redis rejects the write, and
// nothing depends on it.
class process_info {
 public:
  process_info(
      redis::client&, shared_state&, const std::vector<std::unique_ptr<consumer>>& consumers
  );
  // Publishes once per heartbeat interval, and immediately after a change of the state.
  void publish_if_due();
  // Deletes the hash when the process ends.
  void remove();

 private:
  void publish(const std::string& state);

  redis::client& client_;
  shared_state& shared_;
  const std::vector<std::unique_ptr<consumer>>& consumers_;
  const std::string key_;
  minute_rate rate_;
  std::string published_state_;
  // Unix time in milliseconds of the start and of the last change of the state.
  std::int64_t started_ms_, since_ms_;
  std::chrono::steady_clock::time_point due_{};
};

// Returns a globally unique id: host-pid-random.
std::string make_process_id();

}  // namespace trunkline::worker
