// SPDX-License-Identifier: Apache-2.0
#include "admin/stats/latencies.hpp"

#include <cmath>

namespace trunkline::admin {

std::optional<std::array<double, 3>> latencies::percentiles() const {
  std::int64_t all = 0;
  for (const auto& [ms, count] : counts_) all += count;
  if (all == 0) return std::nullopt;
  return std::array{at(0.5, all) / 1000, at(0.95, all) / 1000, at(0.99, all) / 1000};
}

double latencies::at(double share, std::int64_t all) const {
  const double place = share * static_cast<double>(all - 1);
  const auto below = static_cast<std::int64_t>(std::floor(place));
  std::int64_t seen = 0;
  for (auto each = counts_.begin(); each != counts_.end(); ++each) {
    seen += each->second;
    if (below >= seen) continue;
    const auto next = std::next(each);
    if (below + 1 < seen || next == counts_.end()) return each->first;
    return each->first + (next->first - each->first) * (place - static_cast<double>(below));
  }
  return 0;
}

}  // namespace trunkline::admin
