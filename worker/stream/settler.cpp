// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/settler.hpp"

#include <thread>

namespace trunkline::worker {

settler::settler(
    deliveries& stream, held_entries& held, hold& redis, stop_signal& stop,
    std::chrono::milliseconds probe_most
)
    : stream_(stream), held_(held), redis_(redis), stop_(stop), probe_most_(probe_most) {}

void settler::settle(const ids& which) {
  if (which.empty()) return;
  for (;;) {
    const auto problem = stream_.settle(which);
    if (problem.empty()) {
      redis_.over();
      break;
    }
    if (redis_.wait("redis: " + problem, probe_most_)) continue;
    if (stop_.expired()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // draining: wait() no longer waits
  }
  held_.remove(which);
}

}  // namespace trunkline::worker
