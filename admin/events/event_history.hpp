// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/events/event_lookup.hpp"

// The changes that operators made to one event: table operator_log.
namespace trunkline::admin {

struct operator_step {
  std::string action, at, who, login;    // action: "replay", "retry"
  std::optional<std::int64_t> attempts;  // before the change
  // When and why the event had died, or why it waited.
  std::optional<std::string> finished_at, reason;
};
struct event_history {
  std::vector<operator_step> steps;  // the newest 20, in order of time
  bool more = false;
  std::optional<database_failure> failure;
};
// Returns no steps if the schema is older.
event_history read_history(database&, const event_details&);

std::vector<json_object> as_json(const event_history&);

}  // namespace trunkline::admin
