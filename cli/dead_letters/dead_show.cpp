// SPDX-License-Identifier: Apache-2.0
// trunkline dead show ID [--raw]
#include <cstdio>

#include "cli/command_options.hpp"
#include "cli/commands.hpp"
#include "cli/events/event_output.hpp"

namespace trunkline::cli {
namespace {

constexpr const char* name = "dead show";

struct show_options : command_options {
  std::string id;
  bool raw = false;
};

int run(const show_options& options) {
  if (options.id.empty()) return report_error(name, empty_id, exit_code::usage);
  database db(options.common.postgres, config::make_logger("dead", options.common), quick_look);
  const auto lookup = find_event(db, options.id);
  if (lookup.failure) return report_error(name, *lookup.failure);
  if (lookup.found.empty())
    return report_error(
        name, describe_missing(lookup, options.id),
        lookup.searched_back && !lookup.deleted ? exit_code::unknown : exit_code::failed
    );
  if (options.raw) return write_payload(name, db, lookup);
  std::vector<json_object> objects;
  for (const auto& event : lookup.found) {
    const auto history = read_history(db, event);
    if (history.failure) return report_error(name, *history.failure);
    if (options.json) {
      objects.push_back(as_json(event).list("history", as_json(history)));
      continue;
    }
    if (&event != &lookup.found.front()) std::puts("");
    auto lines = as_lines(event, "trunkline dead show " + std::to_string(event.id) + " --raw");
    for (auto& line : as_lines(history)) lines.push_back(std::move(line));
    std::fputs(table(lines).c_str(), stdout);
  }
  if (options.json) std::puts(json_object().list("events", objects).str().c_str());
  return as_int(exit_code::ok);
}

void declare(show_options& options, config::option_set& set, config::arguments& arguments) {
  arguments.one("ID", options.id, "Event to show", config::needed::yes);
  set.flag("raw", options.raw, "Write only the payload, byte for byte");
  set.per_call({"raw"});
  options.declare_common(set, config::uses::postgres);
}

}  // namespace

config::command dead_show() {
  return make_command<show_options>(
      {.name = name,
       .description = "Show the reason and the attempts of a dead letter",
       .examples =
           "  trunkline dead show 4711\n"
           "  trunkline dead show EVc67ec998b35c41d388af50799aeeba3e   an event id\n"
           "  trunkline dead show 4711 --raw > body.json              the payload as received\n"
           "ID is a row number, an event id, a delivery id (ours or the provider's) or a Redis "
           "entry id, of an\n"
           "event in any state. 'trunkline events show ID' also shows the effects of an event.\n"
           "Exit codes: 0 shown; 1 no such event, or failed; 3 PostgreSQL unreachable.\n"},
      declare, run
  );
}

}  // namespace trunkline::cli
