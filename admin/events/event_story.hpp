// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/events/event_lookup.hpp"

// What an event's row alone does not tell: its further copies, and the rows that it speaks of.
namespace trunkline::admin {

struct event_copy {
  std::string entry_id, received_at;
};
struct story_field {
  std::string name;
  std::optional<std::string> value;
};
// A row that the event's effects go to, as it is now. No message texts.
struct touched_row {
  std::string table;
  std::vector<story_field> fields;
};
struct event_story {
  std::vector<event_copy> copies;  // at most 100, oldest first
  bool more_copies = false;
  std::vector<touched_row> touched;
  std::optional<database_failure> failure;
};
event_story read_story(database&, const event_details&);

}  // namespace trunkline::admin
