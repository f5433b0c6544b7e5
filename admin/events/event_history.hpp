// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/events/event_lookup.hpp"

// What operators did to one event, which its row does not tell any more: table operator_log.
namespace trunkline::admin {

struct operator_step {
  std::string action, at, who, login;              // action: "replay", "retry"
  std::optional<std::int64_t> attempts;            // as they were before
  std::optional<std::string> finished_at, reason;  // when and why it had died, or why it waited
};
struct event_history {
  std::vector<operator_step> steps;  // at most 20, the newest, in order of time
  bool more = false;
  std::optional<database_failure> failure;
};
// Over an older schema: none.
event_history read_history(database&, const event_details&);

text_lines as_lines(const event_history&);
std::vector<json_object> as_json(const event_history&);

// SQL of a common table expression: notes down action of the rows of "chosen" (id, attempts,
// finished_at, reason) that "changed" (id) names. $2: the operator.
std::string log_of_events(const std::string& action);

}  // namespace trunkline::admin
