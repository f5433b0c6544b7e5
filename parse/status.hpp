// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "parse/facts.hpp"
#include "parse/json_value.hpp"

namespace trunkline::parse {

struct status_order {
  std::string_view text;
  // 1..5. A higher level always wins.
  int level = 0;
  // Decides between events of the same level and time.
  int rank = 0;
};

// Returns the order of a status by its text as sent. The level is 0 if the text is not a status.
status_order order_of_status(std::string_view text);

// Reads status and unanswered. Uses direction_k and duration_r of facts.
void read_status(kind what, const json_value& resource, activity_facts& facts);

}  // namespace trunkline::parse
