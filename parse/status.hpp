// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "parse/facts.hpp"
#include "parse/json_value.hpp"

namespace trunkline::parse {

struct status_place {
  std::string_view text;  // our spelling
  int level = 0;          // 1..5; a higher level always wins
  int rank = 0;           // within the level, for events of the same time
};
// The one table of status texts; level 0 for a text that is not in it.
status_place place_of_status(std::string_view text);

// Fills the status register, and unanswered, from direction_k and duration_r that are already
// there.
void read_status(kind what, const json_value& thing, activity_facts& facts);

}  // namespace trunkline::parse
