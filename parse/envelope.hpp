// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "parse/facts.hpp"
#include "parse/fields.hpp"
#include "parse/json_value.hpp"

// The wrapping of an event, in all its forms: {type, data:{object}}, {type, data:{resource,
// context, links}}, {type, data:{...}}, and any of them inside {"object": ...}.
namespace trunkline::parse {

struct envelope {
  kind what = kind::unknown;
  json_value thing;    // what the event speaks of
  json_value context;  // data.context, or an empty object
  json_value data;
  std::string_view api_version;
  optional_time created_at;
};

// Fills the heads of result (event_type, event_id, ...) as far as they are there. verdict::dead
// comes with a reason; only verdict::apply fills out.
verdict open_envelope(const json_value& root, envelope& out, event& result);

// What the app's link says: .../inbox/<line>/c/<conversation>?...
struct link_parts {
  optional_text line, conversation;
};
link_parts parse_link(std::string_view link);
link_parts link_of(const envelope& from);

// The thing's key: the first of the names that is not nothing. Else a reason in problem.
optional_text usable_id(
    const json_value& thing, std::string_view name, std::string_view fallback, std::string& problem
);

// merge.md section 1: how new the event's words are.
optional_time stamp_of(const envelope& from);
// By the provider's clock, for the event row.
optional_time occurred_at(const envelope& from);

}  // namespace trunkline::parse
