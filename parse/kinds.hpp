// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "parse/facts.hpp"

// What follows from the kind of an event alone.
namespace trunkline::parse {

bool is_ignored(kind);     // kept and counted, no facts
bool is_message(kind);     // message.*
bool is_life_cycle(kind);  // messages and the calls' own events: they move active_at
bool is_contact(kind);
bool is_ai_content(kind);  // summary, transcript

std::string_view own_time(kind);    // the member with the type's own time, "" if it has none
std::string_view own_status(kind);  // "" if the kind says nothing on the status
std::string_view inferred_direction(kind);  // "incoming", "outgoing", or ""

std::vector<std::string> canonical_names();
// As what a kind with this canonical name was ever sent; nothing for any other text, "unknown" too.
std::vector<std::string> spellings_of(std::string_view canonical);

}  // namespace trunkline::parse
