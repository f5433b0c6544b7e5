// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/events/event_filter.hpp"
#include "common/json/json_object.hpp"
#include "common/text/printable.hpp"

// Events newest first, in steps along an index: whatever the filter leaves out, no statement looks
// at more than a bounded number of rows, and the walk ends when its time is up and says where it
// stopped.
namespace trunkline::admin {

struct event_summary {
  std::int64_t id = 0;
  std::string event_id, event_type, state, received_at;
  std::optional<std::string> reason, sqlstate, next_attempt_at, finished_at, activity_id;
  int attempts = 0;
  // When it came to this state. Of a try that failed no row keeps it: there only who follows knows.
  std::optional<std::string> outcome_at = {};
};
// The columns of `webhook_events e` that read_summary() takes, in this order from `at` on.
extern const char* const summary_columns;
inline constexpr std::size_t summary_width = 11;
event_summary read_summary(const database_row&, std::size_t at = 0);
json_object to_json(const event_summary&);

struct event_page {
  std::vector<event_summary> events;
  std::optional<std::int64_t> next;          // row to go on below; none: that was all
  std::optional<std::string> searched_back;  // the time was up here: older ones were not looked at
  std::optional<database_failure> failure;
};

struct walk_limits {
  int events = 50;
  std::optional<std::int64_t> before = {};  // go on below this row
  std::chrono::milliseconds time{1400};
};
event_page list_events(database&, const event_filter&, const walk_limits&);
// The same for any condition over `webhook_events e`.
event_page list_events(database&, const event_filter&, sql_condition, const walk_limits&);

}  // namespace trunkline::admin
