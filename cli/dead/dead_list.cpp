// SPDX-License-Identifier: Apache-2.0
// trunkline dead list
#include <cstdio>

#include "common/text/units.hpp"
#include "cli/dead/dead.hpp"
#include "cli/output.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  event_filter_options which;
  int limit = 50;
  bool json = false;
};

void print_text(const dead_letters& list) {
  if (list.letters.empty() && !list.searched_back) {
    std::puts("no dead letters fit");
    return;
  }
  std::vector<std::vector<std::string>> lines = {
      {"ID", "DEAD SINCE", "ATTEMPTS", "TYPE", "EVENT", "REASON"}};
  for (const auto& letter : list.letters)
    lines.push_back(
        {std::to_string(letter.id), describe_age(letter.age), std::to_string(letter.attempts),
         letter.event_type.empty() ? "(none)" : shorten(printable(letter.event_type), 40),
         shorten(printable(letter.event_id), 24), shorten(printable(letter.reason), 100)}
    );
  std::fputs(table(lines).c_str(), stdout);
  if (list.more) std::puts("... there are more: --limit N, or a filter");
  if (list.searched_back)
    std::printf(
        "... searched back to %s; older ones were not looked at\n", list.searched_back->c_str()
    );
}

void print_json(const dead_letters& list) {
  std::vector<json_object> letters;
  for (const auto& letter : list.letters)
    letters.push_back(json_object()
                          .number("id", letter.id)
                          .text("event_id", letter.event_id)
                          .text("event_type", letter.event_type)
                          .text("reason", letter.reason)
                          .number("attempts", letter.attempts)
                          .text("finished_at", letter.finished_at)
                          .real("age_seconds", static_cast<double>(letter.age.count()) / 1000));
  std::puts(json_object()
                .list("dead", letters)
                .boolean("more", list.more)
                .text("searched_back", list.searched_back)
                .str()
                .c_str());
}

int run(const settings& given) {
  database db(given.common.postgres, config::make_logger("dead", given.common), quick_look);
  const auto list = find_dead(db, given.which.filter(), given.limit);
  if (list.failure) return report_error("dead list", *list.failure);
  given.json ? print_json(list) : print_text(list);
  return as_int(exit_code::ok);
}

}  // namespace

config::command dead_list() {
  auto given = std::make_shared<settings>();
  return {
      .name = "dead list",
      .description = "List dead letters, newest first",
      .examples =
          "  trunkline dead list\n"
          "  trunkline dead list --type call.completed --since 2d\n"
          "  trunkline dead list --error 'not JSON' --limit 500 --json\n"
          "Exit codes: 0 listed (also when there are none), 1 failed, 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            given->which.declare(options, filter_set::dead);
            options.integer("limit", given->limit, "Most to list", 1, 100000);
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"limit"});
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
