// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/merge/lookup.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

using phone_set = name_set;

// Finds or creates the contacts of one transaction: phone numbers and the ids of their rows.
class contact_resolver {
 public:
  explicit contact_resolver(session& db) : db_(db) {}

  // Takes a row of the look-up. Rows of other kinds are ignored.
  void load(const lookup_row&);

  // Creates the contacts of these numbers and marks them as explicit, which means that they stay
  // without activities. The numbers must have been looked up.
  void create_explicit(const phone_set& phones);

  // Creates the contacts that do not exist. They exist only as long as an activity refers to them.
  void create_missing(const phone_set& phones);

  // Deletes those of these contacts that have no activity and are not explicit.
  void delete_unused(const std::set<std::int64_t>& ids);

  std::optional<std::int64_t> find(std::string_view phone) const;

 private:
  struct entry {
    std::int64_t id;
    bool is_explicit;
  };
  void look_up(const phone_set& phones);

  session& db_;
  std::unordered_map<std::string, entry> known_;
};

}  // namespace trunkline::store
