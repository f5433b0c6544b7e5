// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/events/event_filter.hpp"
#include "common/json/json_object.hpp"

// Groups dead letters by cause.
namespace trunkline::admin {

struct dead_letter_group {
  std::string reason, type;
  std::optional<std::string> sqlstate;
  std::int64_t count = 0, sample = 0;  // sample: the newest row
  std::string first, last;             // when the first and the last of them died
};
struct dead_letter_groups {
  std::vector<dead_letter_group> groups;  // largest first
  std::int64_t counted = 0;
  bool at_least = false;  // the limit was reached: older ones were not counted
  std::optional<database_failure> failure;
};
// Counts the newest 100,000 dead letters, or as many as 1.2 seconds allow.
dead_letter_groups group_dead_letters(database&, const event_filter&);
json_object as_json(const dead_letter_groups&, std::size_t limit);

}  // namespace trunkline::admin
