// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// Who and where (merge.md section 3): direction, from and to, parties and what names them, our own
// numbers, conversation, line, user. Fills the registers of facts, and own_numbers and named of
// result.
void read_parties(const envelope& from, activity_facts& facts, event& result);

}  // namespace trunkline::parse
