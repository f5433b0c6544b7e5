// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/control/controls.hpp"
#include "admin/events/event_effects.hpp"
#include "admin/events/event_history.hpp"
#include "admin/events/event_in_redis.hpp"

// The report of `trunkline events show`: everything known about one event.
namespace trunkline::admin {

struct event_report {
  event_details row;
  event_history history;
  event_effects effects;
  redis_lookup in_stream;
  std::optional<database_failure> failure;
};
event_report read_report(database&, const config::common_options&, const event_details&);
json_object as_json(const event_report&);

// A delivery that waits in the stream and has no row yet.
json_object as_json(const waiting_delivery&);

}  // namespace trunkline::admin
