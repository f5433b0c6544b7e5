// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "parse/facts.hpp"
#include "store/merge/structure_lock.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// Applies events to the business tables (docs/merge.md, "The transaction"), inside the running
// transaction, which holds the structure lock. Deliveries, retries, replays and imports all use
// this function. Throws needs_exclusive if the mode is shared and the events change other rows'
// derived columns.
void apply_effects(session&, structure_lock mode, const std::vector<const parse::event*>& events);

// Returns true if own_numbers has all configured numbers and marks them as configured.
bool own_numbers_are_known(session&, const std::vector<std::string>& configured);

// Inserts the configured own numbers, with the same effects as numbers learned from events.
void adopt_own_numbers(session&, const std::vector<std::string>& configured);

}  // namespace trunkline::store
