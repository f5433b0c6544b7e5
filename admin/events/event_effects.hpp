// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/events/event_lookup.hpp"

// What an event's own row does not contain: its copies, and the rows that its effects go to.
namespace trunkline::admin {

struct event_copy {
  std::string entry_id, received_at;
};
// A row that the event affects, in its current state. No message texts.
struct affected_row {
  struct field {
    std::string name;
    std::optional<std::string> value;
  };
  std::string table;
  std::vector<field> fields;
};
struct event_effects {
  std::vector<event_copy> copies;  // at most 100, oldest first
  bool more_copies = false;
  std::vector<affected_row> rows;
  std::optional<database_failure> failure;
};
event_effects read_effects(database&, const event_details&);

}  // namespace trunkline::admin
