// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "admin/events/event_filter.hpp"
#include "cli/output.hpp"
#include "common/cli/config.hpp"

namespace trunkline::cli {

// The heading of filter options in --help.
inline constexpr const char* filter_group = "Filter";

// The options that a command has in addition to --type, --error, --sqlstate, --phone and
// --conversation.
enum class filter_set {
  list,     // the state and the time of receipt
  tail,     // the state
  retries,  // the time of receipt
  dead      // the times of receipt and of death
};

struct event_filter_options {
  std::string state, type, error, sqlstate, phone, conversation;
  std::string received_after, received_before, died_after, died_before;

  // Declares the options. An empty value is an error: if a script's variable is empty, the command
  // must not select all events.
  void declare(config::option_set&, filter_set);
  bool any() const { return !describe().empty(); }
  // Returns "--type 'x' --error 'y'", quoted for a shell, for the table dead_deletions.
  std::string describe() const;
  event_filter filter() const;

 private:
  void declare_state(config::option_set&);
  void declare_received(config::option_set&);
  void declare_died(config::option_set&);
};

}  // namespace trunkline::cli
