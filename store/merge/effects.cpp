// SPDX-License-Identifier: Apache-2.0
#include "store/merge/effects.hpp"

#include <algorithm>
#include <map>

#include "common/postgres/postgres.hpp"
#include "store/merge/activity_rows.hpp"
#include "store/merge/contact_cards.hpp"
#include "store/merge/contact_choice.hpp"
#include "store/merge/contact_resolver.hpp"
#include "store/merge/conversation_resolver.hpp"
#include "store/merge/lookup.hpp"
#include "store/merge/recordings.hpp"

namespace trunkline::store {
namespace {

// Read by each transaction: own numbers change only under the exclusive structure lock.
std::map<std::string, bool> read_own_numbers(session& db) {
  std::map<std::string, bool> own;
  const auto found = db.run("own_numbers");
  for (std::size_t i = 0; i < found.size(); ++i) {
    own.emplace(found.text(i, 0), found.text(i, 1) == "t");
  }
  return own;
}

// The facts of a batch by table.
struct batch_facts {
  std::vector<const parse::activity_facts*> activities;
  std::vector<recording_of_call> recordings;
  std::vector<const parse::card_facts*> cards;
  number_set own_number_evidence;
  phone_set explicit_contacts;
};

batch_facts group_by_table(const std::vector<const parse::event*>& events) {
  batch_facts facts;
  facts.activities.reserve(events.size());
  for (const auto* event : events) {
    facts.own_number_evidence.insert(
        event->own_number_evidence.begin(), event->own_number_evidence.end()
    );
    facts.explicit_contacts.insert(
        event->explicit_contacts.begin(), event->explicit_contacts.end()
    );
    if (event->card) facts.cards.push_back(&*event->card);
    if (!event->activity) continue;
    facts.activities.push_back(&*event->activity);
    for (const auto& recording : event->recordings) {
      facts.recordings.push_back(
          {&event->activity->openphone_id, event->activity->stamp, &recording}
      );
    }
  }
  return facts;
}

class effects {
 public:
  effects(session& db, structure_lock mode)
      : db_(db), mode_(mode), contacts_(db), conversations_(db, mode) {}

  void apply(const batch_facts& facts) {
    look_up(facts);
    learn(facts.own_number_evidence);
    contacts_.create_explicit(facts.explicit_contacts);
    conversations_.create_missing(request_.refs, request_.party_keys);
    auto rows =
        merge_activities(db_, facts.activities, [this](const auto& fact) { return assign(fact); });
    derive(rows);
    if (!facts.recordings.empty()) merge_recordings(db_, facts.recordings);
    merge_cards(db_, facts.cards);
  }

  // Applies new own numbers that no event has.
  void apply_learned(std::vector<std::string> learned) {
    for (const auto& [phone, from_events] : read_own_numbers(db_)) own_.insert(phone);
    learned_ = std::move(learned);
    std::vector<activity_row> rows;
    derive(rows);
  }

 private:
  // Reads everything in one round trip. Which party is the contact depends on the own numbers,
  // which the same look-up returns, so it includes all parties.
  void look_up(const batch_facts& facts) {
    lookup_request request{facts.explicit_contacts, {}, {}};
    for (const auto* fact : facts.activities) {
      if (fact->contact_hint) request.phones.insert(*fact->contact_hint);
      request.phones.insert(fact->parties.begin(), fact->parties.end());
      request.refs.insert(fact->conv_refs.begin(), fact->conv_refs.end());
      request.party_keys.insert(fact->party_keys.begin(), fact->party_keys.end());
    }
    for (const auto& row : store::look_up(db_, request)) {
      if (row.type == lookup_row::kind::own_number) own_.insert(row.name);
      contacts_.load(row);
      conversations_.load(row);
    }
    request_ = std::move(request);
  }

  void learn(const number_set& evidence) {
    std::ranges::set_difference(evidence, own_, std::back_inserter(learned_));
    if (learned_.empty()) return;
    if (mode_ == structure_lock::shared) throw needs_exclusive();
    db_.run("insert_own_numbers", {postgres::array_of(learned_)});
    own_.insert(learned_.begin(), learned_.end());
  }

  initial_assignment assign(const parse::activity_facts& fact) const {
    const auto of = registers_of(fact);
    const auto phone = choose_contact(of, own_);
    return {
        phone ? contacts_.find(*phone) : std::nullopt,
        conversations_.find(conversation_key_of(of))};
  }

  // Computes contact and conversation of the rows, then the summaries of their conversations.
  void derive(std::vector<activity_row>& rows) {
    if (!learned_.empty()) add_activities_of(db_, learned_, rows);
    if (rows.empty()) return;
    conversations_.link(rows);
    phone_set phones;
    for (const auto& row : rows) {
      if (auto phone = choose_contact(row.of, own_)) phones.insert(std::move(*phone));
    }
    contacts_.create_missing(phones);
    std::vector<const activity_row*> changed;
    for (auto& row : rows) {
      if (reassign(row)) changed.push_back(&row);
    }
    assign_activities(db_, changed);
    conversations_.write(contacts_);
    contacts_.delete_unused(lost_contacts_);
  }

  // Sets the derived columns of a row. Returns true if they differ from the stored ones.
  bool reassign(activity_row& row) {
    const auto phone = choose_contact(row.of, own_);
    const auto contact = phone ? contacts_.find(*phone) : std::nullopt;
    const auto conversation = conversations_.find(conversation_key_of(row.of));
    const bool other_contact = row.contact_id && row.contact_id != contact;
    const bool other_conversation = row.conversation_id && row.conversation_id != conversation;
    if ((other_contact || other_conversation) && mode_ == structure_lock::shared) {
      throw needs_exclusive();
    }
    if (other_contact) lost_contacts_.insert(*row.contact_id);
    if (other_contact || other_conversation) {
      if (row.conversation_id) conversations_.recompute(*row.conversation_id);
      if (conversation) conversations_.recompute(*conversation);
    }
    if (conversation) conversations_.join(*conversation, {row.active_at, row.openphone_id, phone});
    const bool differs = row.contact_id != contact || row.conversation_id != conversation;
    row.contact_id = contact;
    row.conversation_id = conversation;
    return differs;
  }

  session& db_;
  structure_lock mode_;
  contact_resolver contacts_;
  conversation_resolver conversations_;
  lookup_request request_;  // of the first look-up
  number_set own_;
  std::vector<std::string> learned_;
  std::set<std::int64_t> lost_contacts_;
};

}  // namespace

void apply_effects(
    session& db, structure_lock mode, const std::vector<const parse::event*>& events
) {
  if (!events.empty()) effects(db, mode).apply(group_by_table(events));
}

bool own_numbers_are_known(session& db, const std::vector<std::string>& configured) {
  const auto own = read_own_numbers(db);
  return std::ranges::all_of(configured, [&](const auto& phone) {
    const auto at = own.find(phone);
    return at != own.end() && !at->second;
  });
}

void adopt_own_numbers(session& db, const std::vector<std::string>& configured) {
  const auto own = read_own_numbers(db);
  std::vector<std::string> learned;
  for (const auto& phone : number_set(configured.begin(), configured.end())) {
    if (!own.contains(phone)) learned.push_back(phone);
  }
  db.run("adopt_own_numbers", {postgres::array_of(configured)});
  if (!learned.empty()) effects(db, structure_lock::exclusive).apply_learned(std::move(learned));
}

}  // namespace trunkline::store
