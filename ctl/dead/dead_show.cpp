// SPDX-License-Identifier: Apache-2.0
// trunkline dead show ID [--raw]
#include <CLI/CLI.hpp>
#include <cstdio>

#include "ctl/dead/dead.hpp"
#include "ctl/output.hpp"
#include "ctl/verbs.hpp"

namespace trunkline::ctl {
namespace {

struct settings {
  config::common_options common;
  std::string id;
  bool raw = false, json = false;
};

void print_text(const event_details& event) {
  std::vector<std::vector<std::string>> lines;
  const auto add = [&](const char* name, const std::optional<std::string>& value) {
    if (value) lines.push_back({name, value->empty() ? "(none)" : printable(*value)});
  };
  add("id", std::to_string(event.id));
  add("state", event.state);
  add("reason", event.reason);
  add("sqlstate", event.sqlstate);
  add("attempts", std::to_string(event.attempts));
  if (event.claims > 0) add("claims", std::to_string(event.claims));
  add("event_type", event.event_type);
  add("event_id", event.event_id);
  add("api_version", event.api_version);
  add("activity_id", event.activity_id);
  add("received_at", event.received_at);
  add("occurred_at", event.occurred_at);
  add("finished_at", event.finished_at);
  add("next_attempt_at", event.next_attempt_at);
  add("scheme", event.scheme + ", key " + std::to_string(event.key_index));
  add("delivery_id", event.delivery_id);
  add("provider_delivery_id", event.provider_delivery_id);
  add("entry_id", event.entry_id);
  add("size", std::to_string(event.size) + " bytes ('trunkline dead show " +
                  std::to_string(event.id) + " --raw')");
  std::fputs(table(lines).c_str(), stdout);
}

json_object to_json(const event_details& event) {
  return json_object()
      .number("id", event.id)
      .text("state", event.state)
      .text("reason", event.reason)
      .text("sqlstate", event.sqlstate)
      .number("attempts", event.attempts)
      .number("claims", event.claims)
      .text("event_type", event.event_type)
      .text("event_id", event.event_id)
      .text("api_version", event.api_version)
      .text("activity_id", event.activity_id)
      .text("received_at", event.received_at)
      .text("occurred_at", event.occurred_at)
      .text("finished_at", event.finished_at)
      .text("next_attempt_at", event.next_attempt_at)
      .text("scheme", event.scheme)
      .number("key_index", event.key_index)
      .text("delivery_id", event.delivery_id)
      .text("provider_delivery_id", event.provider_delivery_id)
      .text("entry_id", event.entry_id)
      .number("parser_version", event.parser_version)
      .number("size", event.size);
}

int print_raw(database& db, const event_lookup& lookup) {
  if (lookup.found.size() > 1)
    return complain(
        "dead show", "several events have this id: take one by its number", exit_code::failed
    );
  const auto bytes = read_bytes(db, lookup.found[0].id);
  if (bytes.failure) return complain("dead show", *bytes.failure);
  std::fwrite(bytes.body.data(), 1, bytes.body.size(), stdout);
  return as_int(exit_code::ok);
}

int run(const settings& given) {
  database db(given.common.postgres, config::make_logger("dead", given.common));
  const auto lookup = find_event(db, given.id);
  if (lookup.failure) return complain("dead show", *lookup.failure);
  if (lookup.found.empty())
    return complain("dead show", "no event has the id " + printable(given.id), exit_code::failed);
  if (given.raw) return print_raw(db, lookup);
  std::vector<json_object> objects;
  for (const auto& event : lookup.found) {
    if (given.json) {
      objects.push_back(to_json(event));
      continue;
    }
    if (&event != &lookup.found.front()) std::puts("");
    print_text(event);
  }
  if (given.json) std::puts(json_object().list("events", objects).str().c_str());
  return as_int(exit_code::ok);
}

}  // namespace

config::verb dead_show() {
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
          "Exit codes: 0 shown, 1 no such event or failed, 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, CLI::App& app) {
            app.add_option("ID", given->id, "Which event")->required();
            options.flag("raw", given->raw, "Write the exact bytes received, nothing else");
            options.flag("json", given->json, "Print one JSON object");
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::ctl
