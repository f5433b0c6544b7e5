// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

namespace trunkline::store {

// One statement can't touch a row twice (SQLSTATE 21000), so the nth fact of a key goes in wave n.
// The first wave holds every key: it takes all row locks, in the order of the statement.
template <class T, class Key>
std::vector<std::vector<const T*>> in_waves(const std::vector<const T*>& facts, Key key_of) {
  std::vector<std::vector<const T*>> waves;
  std::unordered_map<std::string, std::size_t> seen;
  seen.reserve(facts.size());
  for (const T* fact : facts) {
    const auto wave = seen[key_of(*fact)]++;
    if (wave == waves.size()) waves.emplace_back();
    waves[wave].push_back(fact);
  }
  return waves;
}

}  // namespace trunkline::store
