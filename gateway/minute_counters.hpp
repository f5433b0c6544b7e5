// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>

namespace trunkline::gateway {

// Keeps the newest max_minutes of the counters per minute. The counts of older minutes are added to
// the oldest one that stays: after a long outage of Redis, counts are attributed to a later minute,
// but none is lost.
template <class Counts>
void keep_newest(std::map<std::int64_t, Counts>& minutes, std::size_t max_minutes) {
  while (minutes.size() > max_minutes) {
    const auto oldest = minutes.extract(minutes.begin());
    auto& next = minutes.begin()->second;
    for (std::size_t i = 0; i < next.size(); ++i) next[i] += oldest.mapped()[i];
  }
}

}  // namespace trunkline::gateway
