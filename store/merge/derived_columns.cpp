// SPDX-License-Identifier: Apache-2.0
#include "store/merge/derived_columns.hpp"

#include <tuple>

namespace trunkline::store {

void add_refs(least_refs& all, const registers& of) {
  if (of.conv_refs.empty()) return;
  const auto& least = of.conv_refs.front();
  for (const auto& key : of.party_keys) {
    auto [at, inserted] = all.try_emplace(key, least);
    if (!inserted && least < at->second) at->second = least;
  }
}

conversation_key conversation_key_of(const registers& of) {
  using enum conversation_key::kind;
  if (!of.conv_refs.empty()) return {provider_id, of.conv_refs.front()};
  if (!of.party_keys.empty()) return {party_key, of.party_keys.front()};
  return {};
}

void conversation_summary::join(const conversation_summary& other) {
  if (other.active_at &&
      std::tie(active_at, activity_id) < std::tie(other.active_at, other.activity_id)) {
    active_at = other.active_at;
    activity_id = other.activity_id;
  }
  if (other.contact && (!contact || *other.contact < *contact)) contact = other.contact;
}

}  // namespace trunkline::store
