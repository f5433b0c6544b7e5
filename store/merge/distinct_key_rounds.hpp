// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

namespace trunkline::store {

// Divides facts into rounds in which no key occurs twice, because a statement cannot update a row
// twice (SQLSTATE 21000): the nth fact of a key is in round n. The first round has every key, so it
// takes all row locks, in the order of the statement.
template <class T, class Key>
std::vector<std::vector<const T*>> distinct_key_rounds(
    const std::vector<const T*>& facts, Key key_of
) {
  std::vector<std::vector<const T*>> rounds;
  std::unordered_map<std::string, std::size_t> counts;
  counts.reserve(facts.size());
  for (const T* fact : facts) {
    const auto round = counts[key_of(*fact)]++;
    if (round == rounds.size()) rounds.emplace_back();
    rounds[round].push_back(fact);
  }
  return rounds;
}

}  // namespace trunkline::store
