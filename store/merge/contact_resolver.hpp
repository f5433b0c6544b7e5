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

// The contacts of one transaction: numbers and their row ids.
class contact_book {
 public:
  explicit contact_book(session& db) : db_(db) {}

  // What a look-up found; what is not a contact is left alone.
  void take(const found&);
  // Those of named contacts, looked up before, are made for good where they are not there.
  void open(const phone_set& named);
  // Makes what is not there yet: contacts that exist only as long as an activity needs them.
  void ensure(const phone_set& phones);
  // Of contacts that lost an activity, those that nothing needs any more go.
  void delete_unused(const std::set<std::int64_t>& ids);

  std::optional<std::int64_t> find(std::string_view phone) const;

 private:
  struct entry {
    std::int64_t id;
    bool named;
  };
  void look_up(const phone_set& phones);

  session& db_;
  std::unordered_map<std::string, entry> known_;
};

}  // namespace trunkline::store
