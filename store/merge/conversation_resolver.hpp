// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/merge/activity_rows.hpp"
#include "store/merge/contact_resolver.hpp"
#include "store/merge/derived_columns.hpp"
#include "store/merge/lookup.hpp"
#include "store/merge/structure_lock.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// Finds or creates the conversations and links of one transaction. The link of a party key states
// to which conversation activities without a provider id belong: to that of the least provider id
// seen with these parties, else to a fallback conversation of the party key.
class conversation_resolver {
 public:
  conversation_resolver(session& db, structure_lock mode) : db_(db), mode_(mode) {}

  // Takes a row of the look-up. Rows of other kinds are ignored.
  void load(const lookup_row&);

  // Creates the conversations of these provider ids that do not exist. party_keys are those that
  // were looked up: they are not looked up again before they are created.
  void create_missing(const name_set& refs, name_set party_keys);

  // Makes the links agree with these rows, and creates fallbacks where there is no provider id.
  // Throws needs_exclusive under the shared lock if an existing link changes.
  void link(const std::vector<activity_row>& rows);

  // Returns the conversation if it is known. After link() it is known for every row.
  std::optional<std::int64_t> find(const conversation_key&) const;

  // Adds an activity of the conversation.
  void join(std::int64_t conversation, const conversation_summary& of_activity);

  // Computes the conversation from all of its activities, because one of them left it or changed
  // its contact.
  void recompute(std::int64_t conversation) { recompute_.insert(conversation); }

  // Writes the summaries, and deletes fallbacks that have no activity any more.
  void write(const contact_resolver& contacts);

 private:
  struct link_target {
    std::optional<std::string> ref;
    std::int64_t conversation_id = 0;
  };
  // The stored row, read without a lock. Under the shared structure lock the newest activity only
  // increases and the contact only decreases, so a summary that does not exceed this is not
  // written.
  struct stored_summary {
    std::optional<std::int64_t> active_at;
    std::string activity_id;
    std::optional<std::int64_t> contact_id;
  };
  struct link_change {
    std::string party_key, ref;
    std::int64_t old_conversation = 0, new_conversation = 0;
  };
  void look_up(const name_set& refs, const name_set& party_keys);
  void insert_links(const least_refs& refs, const name_set& fallbacks);
  void relink(const std::vector<link_change>& changes);
  void write_joined(const contact_resolver& contacts);

  session& db_;
  structure_lock mode_;
  std::unordered_map<std::string, std::int64_t> by_ref_;
  std::unordered_map<std::string, link_target> links_;
  name_set looked_up_;  // party keys
  std::unordered_map<std::int64_t, stored_summary> stored_;
  std::map<std::int64_t, conversation_summary> joined_;
  std::set<std::int64_t> recompute_;
};

}  // namespace trunkline::store
