// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// Returns the version of the contact card that an event holds.
card_facts read_card(const envelope& from, std::string_view card_id);

}  // namespace trunkline::parse
