// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/pg/session.hpp"

namespace trunkline::store {

using name_set = std::set<std::string, std::less<>>;

// What a transaction wants to know before it writes, asked in one round trip.
struct wanted {
  name_set phones, refs, party_keys;
};

// One thing found. Read without a lock, so what was not found may come at any moment; under the
// structure lock what was found stays.
struct found {
  enum class sort { own_number, contact, conversation, link };
  // In the order of look_up.sql.
  sort what;
  std::string name;     // phone, provider id or party key
  std::int64_t id = 0;  // of a link: its conversation
  bool flag = false;    // own number: from events; contact: named
  std::optional<std::int64_t> at;
  std::optional<std::string> text;  // conversation: its newest activity; link: the provider id
  std::optional<std::int64_t> contact_id;
};

// All own numbers, and what is there of what is wanted.
std::vector<found> look_up(session&, const wanted&);

}  // namespace trunkline::store
