// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "admin/dead_letters/dead_letters.hpp"

// What the verbs of `trunkline dead` share.
namespace trunkline::admin {

// The dead letters that a command is to change: by ids, or all of a filter.
struct dead_selection {
  std::vector<std::int64_t> ids;        // oldest first where a filter chose them
  std::vector<std::string> left_alone;  // "4711: it is processed, not dead"
  bool more = false;
  std::optional<database_failure> failure;
};
dead_selection
select_dead(database&, const std::vector<std::string>& ids, const event_filter&);

}  // namespace trunkline::admin
