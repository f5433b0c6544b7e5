// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/pg/session.hpp"

namespace trunkline::store {

using name_set = std::set<std::string, std::less<>>;

// The rows that a transaction reads before it writes, in one round trip.
struct lookup_request {
  name_set phones, refs, party_keys;
};

// A row that exists. Rows are read without a lock: one that was not found may be inserted at any
// time, but under the structure lock one that was found stays.
struct lookup_row {
  enum class kind { own_number, contact, conversation, link };
  kind type;
  // The phone number, provider id or party key.
  std::string name;
  // The id of the row; of a link, that of its conversation.
  std::int64_t id = 0;
  // Own number: learned from events. Contact: explicit.
  bool flag = false;
  // Conversation: the time and id of its newest activity. Link: the provider id is in text.
  std::optional<std::int64_t> at;
  std::optional<std::string> text;
  std::optional<std::int64_t> contact_id;
};

// Returns all own numbers, and the requested rows that exist.
std::vector<lookup_row> look_up(session&, const lookup_request&);

}  // namespace trunkline::store
