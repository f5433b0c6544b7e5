// SPDX-License-Identifier: Apache-2.0
#include "worker/process/minute_rate.hpp"

namespace trunkline::worker {

double minute_rate::sample(time now, std::uint64_t outcomes) {
  using namespace std::chrono_literals;
  samples_.emplace_back(now, outcomes);
  while (samples_.size() > 2 && now - samples_.front().first > 1min) samples_.pop_front();
  const std::chrono::duration<double> span = now - samples_.front().first;
  if (span <= 0s) return 0;
  return static_cast<double>(outcomes - samples_.front().second) / span.count();
}

}  // namespace trunkline::worker
