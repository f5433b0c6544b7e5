// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/events/event_store.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// What an event row is to say of its event.
struct fate {
  std::string_view state;  // processed, ignored, retrying or dead
  std::string message;     // why; "" where there is nothing to say
  std::string sqlstate;
  int attempts = 0;
  std::chrono::milliseconds delay{0};  // until the next attempt; retrying only
};
// As far as the parser decides it.
fate fate_of(const parse::event&);
// activities.openphone_id or contact_cards.card_id, if the event speaks of one.
std::optional<std::string> subject_of(const parse::event&);
outcome outcome_of(const fate&);

// Inserts event rows; keys are distinct. True where the row is new: only those have effects.
std::vector<bool> insert_events(
    session&, const std::vector<const prepared_event*>& events, const std::vector<fate>& fates
);
// The same for many: a look-up of the keys, and COPY. No event is to be retried.
std::vector<bool> copy_events(
    session&, const std::vector<const prepared_event*>& events, const std::vector<fate>& fates
);
// Thrown by copy_events() where another transaction made one of the rows after the look-up. This
// one has to be rolled back.
struct key_taken {};
// For entries whose event has its row: duplicate (counted in event_copies from now on) or
// redelivered (the entry that made the row, or one that is counted already). To all go the copies
// among them, counted now or before.
std::vector<outcome> insert_copies(
    session&, const std::vector<const prepared_event*>& copies, std::set<std::string>* all = nullptr
);

}  // namespace trunkline::store
