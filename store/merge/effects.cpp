// SPDX-License-Identifier: Apache-2.0
#include "store/merge/effects.hpp"

#include <algorithm>
#include <map>

#include "common/postgres/postgres.hpp"
#include "store/merge/activity_rows.hpp"
#include "store/merge/contact_cards.hpp"
#include "store/merge/contact_resolver.hpp"
#include "store/merge/conversation_resolver.hpp"
#include "store/merge/lookup.hpp"
#include "store/merge/recordings.hpp"

namespace trunkline::store {
namespace {

// Under the structure lock they can't change, between two transactions they can.
std::map<std::string, bool> read_own_numbers(session& db) {
  std::map<std::string, bool> own;
  const auto found = db.run("own_numbers");
  for (std::size_t i = 0; i < found.size(); ++i) {
    own.emplace(found.text(i, 0), found.text(i, 1) == "t");
  }
  return own;
}

// The facts of a batch, sorted by what they speak of.
struct batch_facts {
  std::vector<const parse::activity_facts*> activities;
  std::vector<recording_of_call> recordings;
  std::vector<const parse::card_facts*> cards;
  number_set own_evidence;
  phone_set named;
};

batch_facts sort_out(const std::vector<const parse::event*>& events) {
  batch_facts facts;
  facts.activities.reserve(events.size());
  for (const auto* event : events) {
    facts.own_evidence.insert(event->own_number_evidence.begin(), event->own_number_evidence.end());
    facts.named.insert(event->explicit_contacts.begin(), event->explicit_contacts.end());
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
  effects(session& db, structure held)
      : db_(db), held_(held), contacts_(db), conversations_(db, held) {}

  void apply(const batch_facts& facts) {
    look_up(facts);
    learn(facts.own_evidence);
    contacts_.open(facts.named);
    conversations_.open(asked_.refs, asked_.party_keys);
    auto rows =
        merge_activities(db_, facts.activities, [this](const auto& fact) { return guess(fact); });
    finish(rows);
    if (!facts.recordings.empty()) merge_recordings(db_, facts.recordings);
    merge_cards(db_, facts.cards);
  }

  // New own numbers that came without an event.
  void apply_learned(std::vector<std::string> learned) {
    for (const auto& [phone, from_events] : read_own_numbers(db_)) own_.insert(phone);
    learned_ = std::move(learned);
    std::vector<activity_row> rows;
    finish(rows);
  }

 private:
  // All that one question can tell. Which of an activity's numbers is its contact's depends on our
  // own, which the same answer tells: so all of them are asked for.
  void look_up(const batch_facts& facts) {
    wanted ask{facts.named, {}, {}};
    for (const auto* fact : facts.activities) {
      if (fact->contact_hint) ask.phones.insert(*fact->contact_hint);
      ask.phones.insert(fact->parties.begin(), fact->parties.end());
      ask.refs.insert(fact->conv_refs.begin(), fact->conv_refs.end());
      ask.party_keys.insert(fact->party_keys.begin(), fact->party_keys.end());
    }
    for (const auto& row : store::look_up(db_, ask)) {
      if (row.what == found::sort::own_number) own_.insert(row.name);
      contacts_.take(row);
      conversations_.take(row);
    }
    asked_ = std::move(ask);
  }

  void learn(const number_set& evidence) {
    std::ranges::set_difference(evidence, own_, std::back_inserter(learned_));
    if (learned_.empty()) return;
    if (held_ == structure::shared) throw needs_exclusive();
    db_.run("insert_own_numbers", {postgres::array_of(learned_)});
    own_.insert(learned_.begin(), learned_.end());
  }

  first_place guess(const parse::activity_facts& fact) const {
    const auto of = registers_of(fact);
    const auto phone = contact_of(of, own_);
    return {phone ? contacts_.find(*phone) : std::nullopt, conversations_.find(place_of(of))};
  }

  // Steps 5 to 9: rows in hand get their contact and conversation, conversations their summary.
  void finish(std::vector<activity_row>& rows) {
    if (!learned_.empty()) add_activities_of(db_, learned_, rows);
    if (rows.empty()) return;
    conversations_.attach_rows(rows);
    phone_set phones;
    for (const auto& row : rows) {
      if (auto phone = contact_of(row.of, own_)) phones.insert(std::move(*phone));
    }
    contacts_.ensure(phones);
    std::vector<const activity_row*> moved;
    for (auto& row : rows) {
      if (settle(row)) moved.push_back(&row);
    }
    place_activities(db_, moved);
    conversations_.write(contacts_);
    contacts_.delete_unused(lost_contacts_);
  }

  // Puts the row's computed columns in place; true if they differ from the stored ones.
  bool settle(activity_row& row) {
    const auto phone = contact_of(row.of, own_);
    const auto contact = phone ? contacts_.find(*phone) : std::nullopt;
    const auto conversation = conversations_.find(place_of(row.of));
    const bool other_contact = row.contact_id && row.contact_id != contact;
    const bool other_conversation = row.conversation_id && row.conversation_id != conversation;
    if ((other_contact || other_conversation) && held_ == structure::shared) {
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
  structure held_;
  contact_book contacts_;
  conversation_book conversations_;
  wanted asked_;  // of the first look-up
  number_set own_;
  std::vector<std::string> learned_;
  std::set<std::int64_t> lost_contacts_;
};

}  // namespace

void apply_effects(session& db, structure held, const std::vector<const parse::event*>& events) {
  if (!events.empty()) effects(db, held).apply(sort_out(events));
}

bool own_numbers_are_known(session& db, const std::vector<std::string>& settings) {
  const auto own = read_own_numbers(db);
  return std::ranges::all_of(settings, [&](const auto& phone) {
    const auto at = own.find(phone);
    return at != own.end() && !at->second;
  });
}

void adopt_own_numbers(session& db, const std::vector<std::string>& settings) {
  const auto own = read_own_numbers(db);
  std::vector<std::string> learned;
  for (const auto& phone : number_set(settings.begin(), settings.end())) {
    if (!own.contains(phone)) learned.push_back(phone);
  }
  db.run("adopt_own_numbers", {postgres::array_of({settings.begin(), settings.end()})});
  if (!learned.empty()) effects(db, structure::exclusive).apply_learned(std::move(learned));
}

}  // namespace trunkline::store
