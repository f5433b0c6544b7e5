// SPDX-License-Identifier: Apache-2.0
// trunkline dead groups
#include <cstdio>

#include "admin/dead_letters/dead_letter_groups.hpp"
#include "cli/command_options.hpp"
#include "cli/commands.hpp"
#include "cli/events/event_filter_options.hpp"
#include "cli/events/event_output.hpp"
#include "common/text/printable.hpp"

namespace trunkline::cli {
namespace {

struct group_options : command_options {
  event_filter_options filter;
  int limit = 50;
};

void print_text(const dead_letter_groups& found, std::size_t limit) {
  if (found.groups.empty()) {
    std::puts("no dead letters match");
    return;
  }
  const char* plus = found.at_least ? "+" : "";
  std::printf(
      "%lld%s dead, %zu%s causes\n\n", static_cast<long long>(found.counted), plus,
      found.groups.size(), plus
  );
  text_lines lines = {{"COUNT", "FIRST", "LAST", "TYPE", "SQLSTATE", "SAMPLE", "REASON"}};
  for (const auto& group : found.groups) {
    if (lines.size() > limit) break;
    lines.push_back(
        {std::to_string(group.count) + plus, group.first, group.last, type_cell(group.type),
         group.sqlstate.value_or("-"), std::to_string(group.sample),
         shorten(printable(group.reason), 100)}
    );
  }
  std::fputs(table(lines).c_str(), stdout);
  if (found.groups.size() > limit) std::puts("... more causes: use --limit N, or a filter");
  if (found.at_least) std::puts("Only the newest dead letters were counted.");
}

int run(const group_options& options) {
  database db(options.common.postgres, config::make_logger("dead", options.common), quick_look);
  const auto found = group_dead_letters(db, options.filter.filter());
  if (found.failure) return report_error("dead groups", *found.failure);
  const auto limit = static_cast<std::size_t>(options.limit);
  if (options.json)
    std::puts(as_json(found, limit).str().c_str());
  else
    print_text(found, limit);
  return as_int(exit_code::ok);
}

void declare(group_options& options, config::option_set& set, config::arguments&) {
  options.filter.declare(set, filter_set::dead);
  set.integer("limit", options.limit, "Maximum number of causes", 1, 10000);
  set.per_call({"limit"});
  options.declare_common(set, config::uses::postgres);
}

}  // namespace

config::command dead_groups() {
  return make_command<group_options>(
      {.name = "dead groups",
       .description = "Group dead letters by cause",
       .examples =
           "  trunkline dead groups\n"
           "  trunkline dead groups --died-after 1d --json\n"
           "Reasons that differ only in numbers are one cause (N). At most the newest 100,000 dead "
           "letters are\n"
           "counted, or those read in 1.5 s; counts then have a + sign.\n"
           "Exit codes: 0 shown, even if there are none; 1 failed; 3 PostgreSQL unreachable.\n"},
      declare, run
  );
}

}  // namespace trunkline::cli
