// SPDX-License-Identifier: Apache-2.0
#include "store/merge/conversation_resolver.hpp"

#include <tuple>

#include "store/pg/row_arrays.hpp"

namespace trunkline::store {
namespace {

std::string literal(const name_set& names) {
  postgres::array_literal array;
  for (const auto& name : names) array.add(name);
  return array.take();
}

std::string literal(const std::set<std::int64_t>& ids) {
  postgres::array_literal array;
  for (const auto id : ids) array.add_number(id);
  return array.take();
}

}  // namespace

void conversation_book::look_up(const name_set& refs, const name_set& party_keys) {
  if (refs.empty() && party_keys.empty()) return;
  for (const auto& row : store::look_up(db_, {{}, refs, party_keys})) take(row);
}

void conversation_book::take(const found& row) {
  if (row.what == found::sort::conversation) {
    by_ref_[row.name] = row.id;
    stored_[row.id] = {row.at, row.text.value_or(""), row.contact_id};
  }
  if (row.what == found::sort::link) links_[row.name] = {row.text, row.id};
}

void conversation_book::open(const name_set& refs, name_set party_keys) {
  asked_ = std::move(party_keys);
  name_set missing = refs;
  std::erase_if(missing, [this](const auto& ref) { return by_ref_.contains(ref); });
  if (missing.empty()) return;
  const auto made = db_.run("insert_conversations", {literal(missing)});
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::string ref(made.text(i, 0));
    by_ref_[ref] = made.number(i, 1);
    missing.erase(ref);
  }
  look_up(missing, {});  // another transaction made them in between
}

void conversation_book::attach_rows(const std::vector<activity_row>& rows) {
  attachments edges;
  name_set refs, keys, fallbacks;
  for (const auto& row : rows) {
    attach(edges, row.of);
    const auto belongs = place_of(row.of);
    if (belongs.kind == place::sort::provider && !by_ref_.contains(belongs.name)) {
      refs.insert(belongs.name);  // known from an earlier event of this activity
    }
    if (belongs.kind == place::sort::by_party_key) fallbacks.insert(belongs.name);
  }
  for (const auto& [key, ref] : edges) keys.insert(key);
  keys.insert(fallbacks.begin(), fallbacks.end());
  std::erase_if(keys, [this](const auto& key) {
    return links_.contains(key) || asked_.contains(key);
  });
  look_up(refs, keys);
  std::erase_if(fallbacks, [&](const auto& key) {
    return links_.contains(key) || edges.contains(key);
  });

  insert_links(edges, fallbacks);
  std::vector<fall> falls;
  for (const auto& [key, ref] : edges) {
    const auto& now = links_.at(key);
    if (!now.ref || ref < *now.ref) {
      falls.push_back({key, ref, now.conversation_id, by_ref_.at(ref)});
    }
  }
  if (!falls.empty()) let_fall(falls);
}

void conversation_book::insert_links(const attachments& edges, const name_set& fallbacks) {
  row_arrays arrays(3);
  std::unordered_map<std::string, link> offered;
  for (const auto& [key, ref] : edges) {
    if (!links_.contains(key)) offered[key] = {ref, by_ref_.at(ref)};
  }
  name_set taken;
  if (!fallbacks.empty()) {
    taken = fallbacks;
    const auto made = db_.run("insert_fallbacks", {literal(fallbacks)});
    for (std::size_t i = 0; i < made.size(); ++i) {
      const std::string key(made.text(i, 0));
      offered[key] = {std::nullopt, made.number(i, 1)};
      taken.erase(key);  // the others were made by another transaction, and their links with them
    }
  }
  if (!offered.empty()) {
    for (const auto& [key, offer] : offered) {
      arrays.row() << key << offer.ref << offer.conversation_id;
      taken.insert(key);
    }
    const auto made = db_.run("insert_links", arrays.take());
    for (std::size_t i = 0; i < made.size(); ++i) {
      const std::string key(made.text(i, 0));
      links_[key] = offered.at(key);
      taken.erase(key);
    }
  }
  look_up({}, taken);
  for (const auto& key : taken) {
    const auto mine = offered.find(key);
    if (mine == offered.end() || mine->second.ref) continue;
    // A link came in between: the fallback just made for it has no use.
    if (held_ == structure::shared) throw needs_exclusive();
    recompute(mine->second.conversation_id);
  }
}

void conversation_book::let_fall(const std::vector<fall>& falls) {
  if (held_ == structure::shared) throw needs_exclusive();
  row_arrays set(3), repoint(3);
  for (const auto& one : falls) {
    set.row() << one.party_key << one.ref << one.now_in;
    repoint.row() << one.party_key << one.was_in << one.now_in;
    links_[one.party_key] = {one.ref, one.now_in};
    recompute(one.was_in);
    recompute(one.now_in);
  }
  db_.run("set_links", set.take());
  db_.run("repoint_activities", repoint.take());
}

std::optional<std::int64_t> conversation_book::find(const place& of) const {
  if (of.kind == place::sort::provider) {
    const auto at = by_ref_.find(of.name);
    if (at != by_ref_.end()) return at->second;
  }
  if (of.kind == place::sort::by_party_key) {
    const auto at = links_.find(of.name);
    if (at != links_.end()) return at->second.conversation_id;
  }
  return std::nullopt;
}

void conversation_book::join(std::int64_t conversation, const conversation_summary& of_activity) {
  joined_[conversation].join(of_activity);
}

void conversation_book::write(const contact_book& contacts) {
  write_joined(contacts);
  if (recompute_.empty()) return;
  db_.run("delete_unused_fallbacks", {literal(recompute_)});
  db_.run("recompute_conversations", {literal(recompute_)});
}

void conversation_book::write_joined(const contact_book& contacts) {
  row_arrays newest(3), contact(3);
  bool any = false, any_contact = false;
  for (const auto& [id, joined] : joined_) {
    if (recompute_.contains(id)) continue;
    const auto& was = stored_[id];
    const bool moved = joined.active_at && std::tie(was.active_at, was.activity_id) <
                                               std::tie(joined.active_at, joined.activity_id);
    const auto contact_id = joined.contact ? contacts.find(*joined.contact) : std::nullopt;
    const bool other_contact = contact_id && contact_id != was.contact_id;
    if (!moved && !other_contact) continue;
    any = true;
    newest.row() << id << joined.active_at << joined.activity_id;
    if (!other_contact) continue;
    any_contact = true;
    contact.row() << id << contact_id << *joined.contact;
  }
  if (any) db_.run("update_conversations", newest.take());
  if (any_contact) db_.run("update_conversation_contacts", contact.take());
}

}  // namespace trunkline::store
