// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "cli/output.hpp"
#include "admin/events/event_filter.hpp"
#include "common/cli/config.hpp"

namespace trunkline::cli {

// Which of the options a command has. All of them have type, error, sqlstate, phone, conversation.
enum class filter_set {
  list,     // and the state, and when they were received
  tail,     // and the state
  waiting,  // and when they were received
  dead      // and when they were received, and when they died
};

struct event_filter_options {
  std::string state, type, error, sqlstate, phone, conversation, from, to, since, until, older_than;

  // An option that is given and empty is refused: to a script's empty variable, no filter would
  // mean all.
  void declare(config::option_set&, filter_set);
  bool any() const { return !describe().empty(); }
  // "--type 'x' --error 'y'", as a shell reads it: for people, and for the record.
  std::string describe() const;
  event_filter filter() const;

 private:
  void declare_received(config::option_set&);
  void declare_died(config::option_set&);
};

}  // namespace trunkline::cli
