// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/database.hpp"
#include "admin/events/event_filter.hpp"
#include "common/json/json_object.hpp"

// Lists and replays dead letters.
namespace trunkline::admin {

struct dead_letter {
  std::int64_t id = 0;
  std::string event_id, event_type, reason;
  int attempts = 0;
  std::string finished_at;        // UTC
  std::chrono::milliseconds age;  // since it died
};

struct dead_letter_list {
  std::vector<dead_letter> letters;          // newest first
  bool more = false;                         // more match than the limit
  std::optional<std::string> searched_back;  // position at the time limit
  std::optional<database_failure> failure;
};
dead_letter_list list_dead_letters(database&, const event_filter&, int limit);
json_object as_json(const dead_letter_list&);

struct dead_letter_ids {
  std::vector<std::int64_t> ids;  // oldest first
  bool more = false;              // more match than one run changes
  std::optional<database_failure> failure;
};
dead_letter_ids find_dead_letter_ids(database&, const event_filter&);

// Makes dead letters due now with no attempts counted. Rows in other states are not changed.
// Returns the ids.
query_result replay_dead_letters(database&, const std::string& id_array, const std::string& actor);

}  // namespace trunkline::admin
