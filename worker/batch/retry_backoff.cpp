// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/retry_backoff.hpp"

#include <algorithm>
#include <cmath>

namespace trunkline::worker {

std::chrono::milliseconds backoff(
    int failures, std::chrono::milliseconds min, std::chrono::milliseconds max, double unit
) {
  auto c = std::min(min, max);
  for (int i = 1; i < failures && c < max; ++i) c = c > max / 2 ? max : c * 2;
  const auto half = static_cast<double>(c.count()) / 2;
  return std::chrono::milliseconds(std::llround(half + half * unit));
}

std::chrono::milliseconds collision_delay(double unit) {
  return std::chrono::milliseconds(5 + static_cast<long>(unit * 76));
}

}  // namespace trunkline::worker
