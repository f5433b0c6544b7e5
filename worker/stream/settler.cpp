// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/settler.hpp"

#include <thread>

namespace trunkline::worker {

settler::settler(
    delivery_stream& stream, in_flight_entries& in_flight, dependency_wait& redis_wait,
    stop_signal& stop, std::chrono::milliseconds probe_interval_max
)
    : stream_(stream),
      in_flight_(in_flight),
      redis_wait_(redis_wait),
      stop_(stop),
      probe_interval_max_(probe_interval_max) {}

void settler::settle(const ids& which) {
  if (which.empty()) return;
  for (;;) {
    const auto problem = stream_.settle(which);
    if (problem.empty()) {
      redis_wait_.mark_available();
      break;
    }
    if (redis_wait_.wait("redis: " + problem, probe_interval_max_)) continue;
    if (stop_.expired()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // draining: wait() no longer waits
  }
  in_flight_.remove(which);
}

}  // namespace trunkline::worker
