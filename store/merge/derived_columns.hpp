// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "store/merge/registers.hpp"

// Columns computed from the registers of several rows (docs/merge.md, "Derived columns"), as pure
// functions. A contact is chosen in contact_choice.hpp. The transaction in effects.cpp keeps the
// stored columns equal to these functions.
namespace trunkline::store {

// By party key, the least provider conversation id of the activities that have the key.
using least_refs = std::map<std::string, std::string, std::less<>>;

// Adds the party keys of one activity.
void add_refs(least_refs&, const registers&);

// How the conversation of an activity is found: by its least provider id, else by the link of its
// least party key, else not at all.
struct conversation_key {
  enum class kind { none, provider_id, party_key };
  kind type = kind::none;
  std::string value;
};
conversation_key conversation_key_of(const registers&);

// What a conversation shows of its activities. A join over them.
struct conversation_summary {
  // Microseconds since 1970, and the id of the activity with that time.
  std::optional<std::int64_t> active_at;
  std::string activity_id;
  // The least number.
  std::optional<std::string> contact;

  void join(const conversation_summary& other);
};

}  // namespace trunkline::store
