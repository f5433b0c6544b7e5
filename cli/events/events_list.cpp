// SPDX-License-Identifier: Apache-2.0
// trunkline events list
#include <cstdio>

#include "cli/command_options.hpp"
#include "cli/commands.hpp"
#include "cli/events/event_filter_options.hpp"
#include "cli/events/event_output.hpp"

namespace trunkline::cli {
namespace {

struct list_options : command_options {
  event_filter_options filter;
  std::string id, before;
  int limit = 50;
};

std::string describe_rest(const event_page& page, const list_options& options) {
  const auto next = "continue with --before " + std::to_string(*page.next);
  if (page.searched_back) return "... searched back to " + *page.searched_back + "; " + next;
  return "... more than " + std::to_string(options.limit) + " events; " + next;
}

void print_text(const event_page& page, const list_options& options) {
  if (page.events.empty() && !page.next) std::puts("no events match");
  if (!page.events.empty()) {
    text_lines lines = {event_headings()};
    for (const auto& event : page.events) lines.push_back(event_cells(event));
    std::fputs(table(lines).c_str(), stdout);
  }
  if (page.next) std::puts(describe_rest(page, options).c_str());
}

int run(const list_options& options) {
  database db(options.common.postgres, config::make_logger("events", options.common), quick_look);
  list_limits limits{.events = options.limit, .before = {}};
  if (!options.before.empty()) limits.before = std::stoll(options.before);
  const auto filter = options.filter.filter();
  const auto page = options.id.empty() ? list_events(db, filter, limits)
                                       : list_events(db, filter, options.id, limits);
  if (page.failure) return report_error("events list", *page.failure);
  if (options.json)
    std::puts(as_json(page).str().c_str());
  else
    print_text(page, options);
  return as_int(exit_code::ok);
}

std::string check_row_number(const std::string& text) {
  return text.empty() || is_row_number(text) ? "" : "must be a row number, as in the column ID";
}

void declare(list_options& options, config::option_set& set, config::arguments&) {
  options.filter.declare(set, filter_set::list);
  set.text(
      "id", options.id, "Select by the id of an event, delivery, entry or activity",
      {.filled = true, .group = filter_group, .value = "ID"}
  );
  set.integer("limit", options.limit, "Maximum number of events", 1, 10000);
  set.text(
      "before", options.before, "Continue below this row, the last ID of a list",
      {.filled = true, .value = "ID"}
  );
  set.check("before", [&options] { return check_row_number(options.before); });
  set.per_call({"id", "limit", "before"});
  options.declare_common(set, config::uses::postgres);
}

}  // namespace

config::command events_list() {
  return make_command<list_options>(
      {.name = "events list",
       .description = "List events of any state, newest first",
       .examples = "  trunkline events list\n"
                   "  trunkline events list --state retrying,dead --error 'check constraint'\n"
                   "  trunkline events list --phone +14155550142 --received-after 2d\n"
                   "  trunkline events list --id AC3700e624eca547eb9f749a06f2eb22d7\n"
                   "Events without a row are still in Redis; see 'trunkline queue' and 'trunkline "
                   "events show ID'.\n"
                   "The list ends after 1.5 s and prints the row to continue from.\n"
                   "Exit codes: 0 listed, even if no event matches; 1 failed; 3 PostgreSQL "
                   "unreachable.\n"},
      declare, run
  );
}

}  // namespace trunkline::cli
