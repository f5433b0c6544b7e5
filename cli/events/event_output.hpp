// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "admin/events/event_history.hpp"
#include "admin/events/event_list.hpp"
#include "admin/events/event_lookup.hpp"
#include "cli/output.hpp"

// Text of events, shared by `trunkline events` and `trunkline dead`.
namespace trunkline::cli {

using text_lines = std::vector<std::vector<std::string>>;

// The columns of a list: ID, RECEIVED, STATE, ATTEMPTS, TYPE, EVENT, REASON. Contains no payload
// data.
std::vector<std::string> event_headings();
std::vector<std::string> event_cells(const event_summary&);
// Returns an event type for a table, "(none)" if it is empty.
std::string type_cell(const std::string& event_type);

// Returns all that the row contains. raw_command: the command that writes the payload.
text_lines as_lines(const event_details&, const std::string& raw_command);
text_lines as_lines(const event_history&);

// Writes the exact bytes to standard output. Returns exit code 0.
int write_raw(const std::string& bytes);
// Writes the payload of the event if the lookup found only one. Returns the exit code.
int write_payload(const char* command, database&, const event_lookup&);

}  // namespace trunkline::cli
