// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "parse/facts.hpp"

// Properties that follow from the kind of an event alone.
namespace trunkline::parse {

// Returns the kind of an event by its exact type as sent, or kind::unknown.
kind kind_of(std::string_view type);

// Returns "message.received", "task", "unknown", ...
std::string_view canonical_name(kind);

// Events that are kept and counted but have no facts.
bool is_ignored(kind);
bool is_message(kind);
// Messages and the calls' own events, which set active_at.
bool is_life_cycle(kind);
bool is_contact(kind);
// Summaries and transcripts.
bool is_ai_content(kind);

// Returns the name of the member with the time of this type, or "" if it has none.
std::string_view own_time(kind);

// Returns the status that the kind implies, or "" if it implies none.
std::string_view own_status(kind);

// Returns "incoming", "outgoing" or "".
std::string_view inferred_direction(kind);

std::vector<std::string> canonical_names();

// Returns all types that are sent for the kind with this canonical name. Empty for any other text,
// including "unknown".
std::vector<std::string> spellings_of(std::string_view canonical);

}  // namespace trunkline::parse
