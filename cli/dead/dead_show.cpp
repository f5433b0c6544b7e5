// SPDX-License-Identifier: Apache-2.0
// trunkline dead show ID [--raw]
#include <cstdio>

#include "cli/dead/dead.hpp"
#include "admin/events/event_history.hpp"
#include "admin/events/event_lookup.hpp"
#include "cli/output.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  std::string id;
  bool raw = false, json = false;
};

int print_raw(database& db, const event_lookup& lookup) {
  if (lookup.found.size() > 1)
    return report_error(
        "dead show", "several events have this id: take one by its number", exit_code::failed
    );
  const auto bytes = read_bytes(db, lookup.found[0].id);
  if (bytes.failure) return report_error("dead show", *bytes.failure);
  std::fwrite(bytes.body.data(), 1, bytes.body.size(), stdout);
  return as_int(exit_code::ok);
}

int run(const settings& given) {
  if (given.id.empty()) return report_error("dead show", empty_id, exit_code::usage);
  database db(given.common.postgres, config::make_logger("dead", given.common), quick_look);
  const auto lookup = find_event(db, given.id);
  if (lookup.failure) return report_error("dead show", *lookup.failure);
  if (lookup.found.empty())
    return report_error(
        "dead show", describe_missing(lookup, given.id),
        lookup.searched_back && !lookup.deleted ? exit_code::unknown : exit_code::failed
    );
  if (given.raw) return print_raw(db, lookup);
  std::vector<json_object> objects;
  for (const auto& event : lookup.found) {
    const auto history = read_history(db, event);
    if (history.failure) return report_error("dead show", *history.failure);
    if (given.json) {
      objects.push_back(to_json(event).list("history", as_json(history)));
      continue;
    }
    if (&event != &lookup.found.front()) std::puts("");
    auto lines = as_lines(event, "trunkline dead show " + std::to_string(event.id) + " --raw");
    for (auto& line : as_lines(history)) lines.push_back(std::move(line));
    std::fputs(table(lines).c_str(), stdout);
  }
  if (given.json) std::puts(json_object().list("events", objects).str().c_str());
  return as_int(exit_code::ok);
}

}  // namespace

config::command dead_show() {
  auto given = std::make_shared<settings>();
  return {
      .name = "dead show",
      .description = "Tell why an event died and what was tried; works for any event",
      .examples =
          "  trunkline dead show 4711\n"
          "  trunkline dead show EVc67ec998b35c41d388af50799aeeba3e   an event id\n"
          "  trunkline dead show 4711 --raw > body.json              the bytes as received\n"
          "ID is the row's number, an event id, a delivery id (ours or the provider's) or a Redis "
          "entry id.\n"
          "More of it, such as what it touched: 'trunkline events show ID'.\n"
          "Exit codes: 0 shown, 1 no such event or failed, 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.one("ID", given->id, "Which event", config::needed::yes);
            options.flag("raw", given->raw, "Write the exact bytes received, nothing else");
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"raw"});
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
