// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/events/event_filter.hpp"
#include "common/json/json_object.hpp"

// Lists events, newest first, in steps along an index. Regardless of the filter, each statement
// examines a limited number of rows. The list ends at a time limit and reports the position it
// reached.
namespace trunkline::admin {

struct event_summary {
  std::int64_t id = 0;
  std::string event_id, event_type, state, received_at;
  std::optional<std::string> reason, sqlstate, next_attempt_at, finished_at, activity_id;
  int attempts = 0;
  // When the event reached this state. For a failed attempt no row has it; event_follower sets it.
  std::optional<std::string> outcome_at = {};
};
// Reads the columns of event_summary_columns.sql, the first one at `first`.
inline constexpr std::size_t summary_width = 11;
event_summary read_summary(const database_row&, std::size_t first = 0);
json_object as_json(const event_summary&);

struct event_page {
  std::vector<event_summary> events;
  std::optional<std::int64_t> next;  // continue below this row; nullopt: the list is complete
  std::optional<std::string> searched_back;  // position at the time limit
  std::optional<database_failure> failure;
};
json_object as_json(const event_page&);

struct list_limits {
  int events = 50;
  std::optional<std::int64_t> before = {};  // continue below this row
  std::chrono::milliseconds time{1400};
};

event_page list_events(database&, const event_filter&, const list_limits&);
// Lists the events that the id names: of an event, delivery, entry, activity or card, or the row.
event_page list_events(database&, const event_filter&, const std::string& id, const list_limits&);
// Lists the events that fulfil any condition over `webhook_events e`.
event_page list_events(database&, const event_filter&, sql_condition, const list_limits&);

}  // namespace trunkline::admin
