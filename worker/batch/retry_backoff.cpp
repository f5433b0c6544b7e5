// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/retry_backoff.hpp"

#include <algorithm>
#include <cmath>

namespace trunkline::worker {

std::chrono::milliseconds backoff(
    int step, std::chrono::milliseconds least, std::chrono::milliseconds most, double unit
) {
  auto c = std::min(least, most);
  for (int i = 1; i < step && c < most; ++i) c = c > most / 2 ? most : c * 2;
  const auto half = static_cast<double>(c.count()) / 2;
  return std::chrono::milliseconds(std::llround(half + half * unit));
}

std::chrono::milliseconds collision_delay(double unit) {
  return std::chrono::milliseconds(5 + static_cast<long>(unit * 76));
}

}  // namespace trunkline::worker
