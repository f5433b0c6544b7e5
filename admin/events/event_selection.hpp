// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "admin/events/event_filter.hpp"

// Selects the events that a command is to change.
namespace trunkline::admin {

struct event_selection {
  std::vector<std::int64_t> ids;  // the oldest, or the next due, first if a filter selected them
  std::vector<std::string> left_alone;  // "4711: it is processed, not dead"
  bool more = false;                    // more match than one run changes
  std::optional<database_failure> failure;
};
// Selects dead letters by ids, or by the filter if there are no ids.
event_selection
select_dead_letters(database&, const std::vector<std::string>& ids, const event_filter&);
// Selects retries by ids, or those that wait and match the filter if there are no ids.
event_selection select_retries(database&, const std::vector<std::string>& ids, const event_filter&);

// Makes retries due now. Returns the ids; events that a worker is processing are not changed.
query_result retry_events(database&, const std::string& id_array, const std::string& actor);

}  // namespace trunkline::admin
