// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// Reads direction, from and to, parties, contact hint, conversation, line and user into facts, and
// own_number_evidence and explicit_contacts into result (docs/events.md, "Parties").
void read_parties(const envelope& from, activity_facts& facts, event& result);

}  // namespace trunkline::parse
