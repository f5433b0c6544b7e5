// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "parse/facts.hpp"
#include "parse/fields.hpp"
#include "parse/json_value.hpp"

// The envelope of an event in all its forms: {type, data: {object}}, {type, data: {resource,
// context, links}}, {type, data: {...}}, and each of them inside {"object": ...}.
namespace trunkline::parse {

struct envelope {
  kind what = kind::unknown;
  // The message, call or contact that the event is about.
  json_value resource;
  // data.context, or an empty object.
  json_value context;
  json_value data;
  std::string_view api_version;
  optional_time created_at;
};

// Fills event_type, event_id, api_version and occurred_at of result as far as they are present, and
// out if it returns verdict::apply. Sets result.reason if it returns verdict::dead.
verdict open_envelope(const json_value& root, envelope& out, event& result);

// The parts of a link to the provider's app: .../inbox/<line>/c/<conversation>?...
struct link_parts {
  optional_text line, conversation;
};
link_parts parse_link(std::string_view link);
link_parts link_of(const envelope& from);

// Returns the id in the first of these members that is not empty. Returns nullopt and sets problem
// if there is none or if it is not usable as a key.
optional_text usable_id(
    const json_value& resource, std::string_view name, std::string_view fallback,
    std::string& problem
);

// Returns the stamp: the age of the values of the event (docs/events.md, "Stamp").
optional_time stamp_of(const envelope& from);

// Returns the time of the event by the provider's clock, for webhook_events.occurred_at.
optional_time occurred_at(const envelope& from);

}  // namespace trunkline::parse
