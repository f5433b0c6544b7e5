// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/events/event_store.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// The state that an event row gets, and why.
struct event_disposition {
  // processed, ignored, retrying or dead.
  std::string_view state;
  // "" if there is nothing to report.
  std::string message;
  std::string sqlstate;
  int attempts = 0;
  // Until the next attempt. Retrying only.
  std::chrono::milliseconds delay{0};
};

// Returns the disposition that the parser decides.
event_disposition disposition_of(const parse::event&);

// Returns the activities.openphone_id or contact_cards.card_id that the event is about.
std::optional<std::string> subject_of(const parse::event&);
outcome outcome_of(const event_disposition&);

// Inserts event rows with distinct keys. An element is true if the row is new; only those events
// have effects.
std::vector<bool> insert_events(
    session&, const std::vector<const prepared_event*>& events,
    const std::vector<event_disposition>& dispositions
);

// Does the same for many rows with a look-up of the keys and COPY. No disposition may be retrying.
std::vector<bool> copy_events(
    session&, const std::vector<const prepared_event*>& events,
    const std::vector<event_disposition>& dispositions
);

// Thrown by copy_events() if another transaction inserted one of the rows after the look-up. The
// transaction must be rolled back.
struct key_exists {};

// Records entries whose event has its row: duplicate if the entry is a new copy, redelivered if it
// is the entry that made the row or a copy that is counted already. Adds all copies to all.
std::vector<outcome> insert_copies(
    session&, const std::vector<const prepared_event*>& copies, std::set<std::string>* all = nullptr
);

}  // namespace trunkline::store
