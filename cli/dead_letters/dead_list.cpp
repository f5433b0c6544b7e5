// SPDX-License-Identifier: Apache-2.0
// trunkline dead list
#include <cstdio>

#include "admin/dead_letters/dead_letters.hpp"
#include "cli/command_options.hpp"
#include "cli/commands.hpp"
#include "cli/events/event_filter_options.hpp"
#include "cli/events/event_output.hpp"
#include "common/text/printable.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

struct list_options : command_options {
  event_filter_options filter;
  int limit = 50;
};

void print_text(const dead_letter_list& list) {
  if (list.letters.empty() && !list.searched_back) {
    std::puts("no dead letters match");
    return;
  }
  text_lines lines = {{"ID", "DEAD SINCE", "ATTEMPTS", "TYPE", "EVENT", "REASON"}};
  for (const auto& letter : list.letters)
    lines.push_back(
        {std::to_string(letter.id), describe_age(letter.age), std::to_string(letter.attempts),
         type_cell(letter.event_type), shorten(printable(letter.event_id), 24),
         shorten(printable(letter.reason), 100)}
    );
  std::fputs(table(lines).c_str(), stdout);
  if (list.more) std::puts("... more dead letters match: use --limit N, or a filter");
  if (list.searched_back)
    std::printf(
        "... searched back to %s; older ones were not searched\n", list.searched_back->c_str()
    );
}

int run(const list_options& options) {
  database db(options.common.postgres, config::make_logger("dead", options.common), quick_look);
  const auto list = list_dead_letters(db, options.filter.filter(), options.limit);
  if (list.failure) return report_error("dead list", *list.failure);
  if (options.json)
    std::puts(as_json(list).str().c_str());
  else
    print_text(list);
  return as_int(exit_code::ok);
}

void declare(list_options& options, config::option_set& set, config::arguments&) {
  options.filter.declare(set, filter_set::dead);
  set.integer("limit", options.limit, "Maximum number of dead letters", 1, 100000);
  set.per_call({"limit"});
  options.declare_common(set, config::uses::postgres);
}

}  // namespace

config::command dead_list() {
  return make_command<list_options>(
      {.name = "dead list",
       .description = "List dead letters, newest first",
       .examples =
           "  trunkline dead list\n"
           "  trunkline dead list --type call.completed --died-after 2d\n"
           "  trunkline dead list --error 'not JSON' --limit 500 --json\n"
           "Exit codes: 0 listed, even if none matches; 1 failed; 3 PostgreSQL unreachable.\n"},
      declare, run
  );
}

}  // namespace trunkline::cli
