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

void settler::settle(const ids& entries) {
  if (entries.empty()) return;
  for (;;) {
    const auto error = stream_.settle(entries);
    if (error.empty()) {
      redis_wait_.mark_available();
      break;
    }
    if (redis_wait_.wait("redis: " + error, probe_interval_max_)) continue;
    if (stop_.expired()) break;
    // During a drain, wait() returns immediately.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  in_flight_.remove(entries);
}

}  // namespace trunkline::worker
