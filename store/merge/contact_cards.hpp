// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "parse/facts.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// Joins versions of contact cards into contact_cards, and renames the contacts of all numbers that
// any version of these cards ever listed. The contacts must exist.
void merge_cards(session&, const std::vector<const parse::card_facts*>& versions);

}  // namespace trunkline::store
