// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parse/envelope.hpp"
#include "parse/facts.hpp"

namespace trunkline::parse {

// What calls and their recordings and voicemail carry besides parties, times and status. Summaries
// and transcripts are not for it.
void read_call(const envelope& from, activity_facts& facts, event& result);

}  // namespace trunkline::parse
