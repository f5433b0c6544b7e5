// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "parse/facts.hpp"
#include "store/pg/session.hpp"
#include "store/merge/structure_lock.hpp"

namespace trunkline::store {

// What a batch of events does to the business tables (merge.md section 5, steps 2 to 10), inside
// the running transaction, whose structure lock is held. Every path of the worker comes through
// here. Throws needs_exclusive under the shared lock where a restructuring is due.
void apply_effects(session&, structure held, const std::vector<const parse::event*>& events);

// The settings' own numbers: as if an event had told them. False: they are there already.
bool own_numbers_are_known(session&, const std::vector<std::string>& settings);
void adopt_own_numbers(session&, const std::vector<std::string>& settings);

}  // namespace trunkline::store
