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
#include "store/pg/session.hpp"
#include "store/merge/structure_lock.hpp"

namespace trunkline::store {

// The conversations and links of one transaction. A link says which conversation activities without
// a provider id belong to: that of the least provider id ever seen with the same parties, else a
// fallback of its own.
class conversation_book {
 public:
  conversation_book(session& db, structure held) : db_(db), held_(held) {}

  // What a look-up found; what is neither conversation nor link is left alone.
  void take(const found&);
  // What that look-up asked for. Every provider id gets its conversation; a link that it did not
  // find is not asked for again before one is made.
  void open(const name_set& refs, name_set party_keys);
  // Brings links in line with the rows in hand, and makes fallbacks where nothing else is known.
  // Throws needs_exclusive under the shared lock if a link that is there would have to fall.
  void attach_rows(const std::vector<activity_row>& rows);
  // As far as known; after attach_rows() that is all of a row in hand.
  std::optional<std::int64_t> find(const place&) const;

  // What is known of an activity that belongs to the conversation.
  void join(std::int64_t conversation, const conversation_summary& of_activity);
  // An activity left it, or changed its contact: it is computed anew from all its activities.
  void recompute(std::int64_t conversation) { recompute_.insert(conversation); }
  // Writes summaries; fallbacks that lost their last activity go.
  void write(const contact_book& contacts);

 private:
  struct link {
    std::optional<std::string> ref;
    std::int64_t conversation_id = 0;
  };
  // What a conversation's row says, as read without a lock: under the shared structure lock its
  // newest activity only moves up and its contact only down, so that what does not exceed this
  // needs no write.
  struct stored_summary {
    std::optional<std::int64_t> active_at;
    std::string activity_id;
    std::optional<std::int64_t> contact_id;
  };
  struct fall {
    std::string party_key, ref;
    std::int64_t was_in = 0, now_in = 0;
  };
  void look_up(const name_set& refs, const name_set& party_keys);
  void insert_links(const attachments& edges, const name_set& fallbacks);
  void let_fall(const std::vector<fall>& falls);
  void write_joined(const contact_book& contacts);

  session& db_;
  structure held_;
  std::unordered_map<std::string, std::int64_t> by_ref_;
  std::unordered_map<std::string, link> links_;
  name_set asked_;  // party keys
  std::unordered_map<std::int64_t, stored_summary> stored_;
  std::map<std::int64_t, conversation_summary> joined_;
  std::set<std::int64_t> recompute_;
};

}  // namespace trunkline::store
