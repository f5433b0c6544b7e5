// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "admin/events/event_list.hpp"

// What the verbs of `trunkline events` share.
namespace trunkline::cli {

// ID, RECEIVED, STATE, ATTEMPTS, TYPE, EVENT, REASON; nothing of a body.
std::vector<std::string> event_headings();
std::vector<std::string> event_cells(const event_summary&);

}  // namespace trunkline::cli
