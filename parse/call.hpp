// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// Reads duration, recordings, voicemail, forwarding and menu selection of every call event except
// summaries and transcripts. Parties, times and status are read elsewhere.
void read_call(const envelope& from, activity_facts& facts, event& result);

}  // namespace trunkline::parse
