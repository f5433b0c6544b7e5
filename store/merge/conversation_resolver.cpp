// SPDX-License-Identifier: Apache-2.0
#include "store/merge/conversation_resolver.hpp"

#include <tuple>

#include "common/postgres/postgres.hpp"
#include "store/pg/row_arrays.hpp"

namespace trunkline::store {

void conversation_resolver::look_up(const name_set& refs, const name_set& party_keys) {
  if (refs.empty() && party_keys.empty()) return;
  for (const auto& row : store::look_up(db_, {{}, refs, party_keys})) load(row);
}

void conversation_resolver::load(const lookup_row& row) {
  if (row.type == lookup_row::kind::conversation) {
    by_ref_[row.name] = row.id;
    stored_[row.id] = {row.at, row.text.value_or(""), row.contact_id};
  }
  if (row.type == lookup_row::kind::link) links_[row.name] = {row.text, row.id};
}

void conversation_resolver::create_missing(const name_set& refs, name_set party_keys) {
  looked_up_ = std::move(party_keys);
  name_set missing = refs;
  std::erase_if(missing, [this](const auto& ref) { return by_ref_.contains(ref); });
  if (missing.empty()) return;
  const auto created = db_.run("insert_conversations", {postgres::array_of(missing)});
  for (std::size_t i = 0; i < created.size(); ++i) {
    const std::string ref(created.text(i, 0));
    by_ref_[ref] = created.number(i, 1);
    missing.erase(ref);
  }
  look_up(missing, {});  // another transaction created them in between
}

void conversation_resolver::link(const std::vector<activity_row>& rows) {
  least_refs edges;
  name_set refs, keys, fallbacks;
  for (const auto& row : rows) {
    add_refs(edges, row.of);
    const auto key = conversation_key_of(row.of);
    if (key.type == conversation_key::kind::provider_id && !by_ref_.contains(key.value)) {
      refs.insert(key.value);  // from an earlier event of this activity
    }
    if (key.type == conversation_key::kind::party_key) fallbacks.insert(key.value);
  }
  for (const auto& [key, ref] : edges) keys.insert(key);
  keys.insert(fallbacks.begin(), fallbacks.end());
  std::erase_if(keys, [this](const auto& key) {
    return links_.contains(key) || looked_up_.contains(key);
  });
  look_up(refs, keys);
  std::erase_if(fallbacks, [&](const auto& key) {
    return links_.contains(key) || edges.contains(key);
  });

  insert_links(edges, fallbacks);
  std::vector<link_change> changes;
  for (const auto& [key, ref] : edges) {
    const auto& now = links_.at(key);
    if (!now.ref || ref < *now.ref) {
      changes.push_back({key, ref, now.conversation_id, by_ref_.at(ref)});
    }
  }
  if (!changes.empty()) relink(changes);
}

void conversation_resolver::insert_links(const least_refs& edges, const name_set& fallbacks) {
  row_arrays arrays(3);
  std::unordered_map<std::string, link_target> offered;
  for (const auto& [key, ref] : edges) {
    if (!links_.contains(key)) offered[key] = {ref, by_ref_.at(ref)};
  }
  name_set existing;
  if (!fallbacks.empty()) {
    existing = fallbacks;
    const auto created = db_.run("insert_fallbacks", {postgres::array_of(fallbacks)});
    for (std::size_t i = 0; i < created.size(); ++i) {
      const std::string key(created.text(i, 0));
      offered[key] = {std::nullopt, created.number(i, 1)};
      existing.erase(key);  // another transaction created the others together with their links
    }
  }
  if (!offered.empty()) {
    for (const auto& [key, offer] : offered) {
      arrays.row() << key << offer.ref << offer.conversation_id;
      existing.insert(key);
    }
    const auto created = db_.run("insert_links", arrays.take());
    for (std::size_t i = 0; i < created.size(); ++i) {
      const std::string key(created.text(i, 0));
      links_[key] = offered.at(key);
      existing.erase(key);
    }
  }
  look_up({}, existing);
  for (const auto& key : existing) {
    const auto mine = offered.find(key);
    if (mine == offered.end() || mine->second.ref) continue;
    // Another transaction created the link in between: the new fallback is not used.
    if (mode_ == structure_lock::shared) throw needs_exclusive();
    recompute(mine->second.conversation_id);
  }
}

void conversation_resolver::relink(const std::vector<link_change>& changes) {
  if (mode_ == structure_lock::shared) throw needs_exclusive();
  row_arrays set(3), repoint(3);
  for (const auto& change : changes) {
    set.row() << change.party_key << change.ref << change.new_conversation;
    repoint.row() << change.party_key << change.old_conversation << change.new_conversation;
    links_[change.party_key] = {change.ref, change.new_conversation};
    recompute(change.old_conversation);
    recompute(change.new_conversation);
  }
  db_.run("set_links", set.take());
  db_.run("repoint_activities", repoint.take());
}

std::optional<std::int64_t> conversation_resolver::find(const conversation_key& key) const {
  if (key.type == conversation_key::kind::provider_id) {
    const auto at = by_ref_.find(key.value);
    if (at != by_ref_.end()) return at->second;
  }
  if (key.type == conversation_key::kind::party_key) {
    const auto at = links_.find(key.value);
    if (at != links_.end()) return at->second.conversation_id;
  }
  return std::nullopt;
}

void conversation_resolver::join(
    std::int64_t conversation, const conversation_summary& of_activity
) {
  joined_[conversation].join(of_activity);
}

void conversation_resolver::write(const contact_resolver& contacts) {
  write_joined(contacts);
  if (recompute_.empty()) return;
  db_.run("delete_unused_fallbacks", {postgres::array_of(recompute_)});
  db_.run("recompute_conversations", {postgres::array_of(recompute_)});
}

void conversation_resolver::write_joined(const contact_resolver& contacts) {
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
