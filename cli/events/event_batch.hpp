// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "admin/events/event_selection.hpp"
#include "cli/batch_runner.hpp"
#include "cli/command_options.hpp"
#include "cli/events/event_filter_options.hpp"

// Commands that change many events: select, confirm, change in batches, report.
namespace trunkline::cli {

struct event_batch_options : command_options {
  std::vector<std::string> ids;
  event_filter_options filter;
  int rate = 0;
  bool all = false, yes = false;

  // Declares the ids, --yes, the filter and the flag that selects all events.
  void declare_selection(
      config::option_set&, config::arguments&, const std::string& all_name,
      const std::string& all_help, filter_set
  );
  void declare_rate(config::option_set&);
};

struct event_batch {
  std::string command;      // "dead replay"
  std::string privilege;    // on webhook_events: "update", "delete"
  std::string not_changed;  // "nothing was replayed"
  std::string changed;      // "replayed", after the number of events
  // Returns the question to confirm, or "" if there is nothing to confirm. count: "12" or "12+".
  std::function<std::string(const std::string& count, std::size_t selected)> question;
  std::function<event_selection(database&)> select;
  batch_step change;
  std::function<json_object(const event_selection&, const batch_result&)> as_json;
  std::function<void(const event_selection&, const batch_result&)> print_text;
  // Returns whether everything was done: exit code 0, else 1.
  std::function<bool(const event_selection&, const batch_result&)> complete;
  std::function<int(const database_failure&)> report_failure;
};

// Returns the error in the combination of ids, --all and the filter, or "".
std::string check_selection(const event_batch_options&, const std::string& all_option);

// Selects the events and checks the privilege. Returns the exit code of a failure.
std::optional<int> prepare_event_batch(database&, const event_batch&, event_selection& into);
// Confirms, changes and reports. Returns the exit code.
int run_event_batch(const event_batch_options&, const event_batch&, const event_selection&);
// Does both.
int run_event_batch(database&, const event_batch_options&, const event_batch&);

}  // namespace trunkline::cli
