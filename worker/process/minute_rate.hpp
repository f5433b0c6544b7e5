// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <utility>

namespace trunkline::worker {

// Outcomes per second over the last minute, computed from samples. Not thread-safe.
class minute_rate {
 public:
  using time = std::chrono::steady_clock::time_point;
  double sample(time now, std::uint64_t outcomes);

 private:
  std::deque<std::pair<time, std::uint64_t>> samples_;
};

}  // namespace trunkline::worker
