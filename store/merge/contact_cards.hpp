// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "parse/facts.hpp"
#include "store/pg/session.hpp"

namespace trunkline::store {

// Versions of provider contacts into contact_cards, and the names of the contacts whose numbers any
// version of them ever listed. Those contacts are there already: cards name their numbers.
void merge_cards(session&, const std::vector<const parse::card_facts*>& versions);

}  // namespace trunkline::store
