// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>

namespace trunkline::gateway {

// Of the counts by minute, the newest most: those of older minutes go to the oldest that stays, so
// that a long time without Redis dates figures late and loses none.
template <class Counts>
void keep_newest(std::map<std::int64_t, Counts>& minutes, std::size_t most) {
  while (minutes.size() > most) {
    const auto oldest = minutes.extract(minutes.begin());
    auto& next = minutes.begin()->second;
    for (std::size_t i = 0; i < next.size(); ++i) next[i] += oldest.mapped()[i];
  }
}

}  // namespace trunkline::gateway
