// SPDX-License-Identifier: Apache-2.0
#include "store/merge/derived_columns.hpp"

#include <algorithm>
#include <tuple>

#include "parse/phone_number.hpp"

namespace trunkline::store {

std::optional<std::string> contact_of(const registers& of, const number_set& own) {
  if (of.contact_hint) return of.contact_hint;
  const std::string* other = nullptr;
  for (const auto& party : of.parties) {
    if (own.contains(party)) continue;
    if (other != nullptr) return std::nullopt;  // several strangers: not known which
    other = &party;
  }
  if (other == nullptr || !parse::is_e164(*other)) return std::nullopt;
  return *other;
}

void attach(attachments& all, const registers& of) {
  if (of.conv_refs.empty()) return;
  const auto& least = of.conv_refs.front();
  for (const auto& key : of.party_keys) {
    auto [at, fresh] = all.try_emplace(key, least);
    if (!fresh && least < at->second) at->second = least;
  }
}

place place_of(const registers& of) {
  if (!of.conv_refs.empty()) return {place::sort::provider, of.conv_refs.front()};
  if (!of.party_keys.empty()) return {place::sort::by_party_key, of.party_keys.front()};
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
