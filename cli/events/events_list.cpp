// SPDX-License-Identifier: Apache-2.0
// trunkline events list
#include <cstdio>

#include "cli/output.hpp"
#include "admin/events/event_lookup.hpp"
#include "cli/events/event_filter_options.hpp"
#include "cli/events/events.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  event_filter_options which;
  std::string id, before;
  int limit = 50;
  bool json = false;
};

std::string words_for_more(const event_page& page, const settings& given) {
  const auto next = "--before " + std::to_string(*page.next);
  if (page.searched_back)
    return "... searched back to " + *page.searched_back + "; go on with " + next;
  return "... there are more than " + std::to_string(given.limit) + ": " + next;
}

void print_text(const event_page& page, const settings& given) {
  if (page.events.empty() && !page.next) std::puts("no events fit");
  if (!page.events.empty()) {
    std::vector<std::vector<std::string>> lines = {event_headings()};
    for (const auto& event : page.events) lines.push_back(event_cells(event));
    std::fputs(table(lines).c_str(), stdout);
  }
  if (page.next) std::puts(words_for_more(page, given).c_str());
}

void print_json(const event_page& page) {
  std::vector<json_object> events;
  for (const auto& event : page.events) events.push_back(to_json(event));
  std::puts(json_object()
                .list("events", events)
                .number("next", page.next)
                .text("searched_back", page.searched_back)
                .str()
                .c_str());
}

// By an id: the rows it names, if the rest of the filter has them too.
event_page list_named(database& db, const settings& given, const walk_limits& limits) {
  const auto filter = given.which.filter();
  sql_condition where;
  if (auto failure = add_conditions(db, filter, where)) return {{}, {}, {}, std::move(failure)};
  const auto name = where.parameter(given.id);
  where.require(
      "(e.activity_id = " + name + " or e.event_id = " + name + " or e.delivery_id = " + name +
      " or e.entry_id = " + name + " or e.provider_delivery_id = " + name +
      " or e.id::text = " + name +
      " or e.event_key in (select event_key from event_copies where entry_id = " + name + "))"
  );
  return list_events(db, filter, std::move(where), limits);
}

int run(const settings& given) {
  database db(given.common.postgres, config::make_logger("events", given.common), quick_look);
  walk_limits limits{.events = given.limit, .before = {}};
  if (!given.before.empty()) limits.before = std::stoll(given.before);
  const auto page = given.id.empty() ? list_events(db, given.which.filter(), limits)
                                     : list_named(db, given, limits);
  if (page.failure) return report_error("events list", *page.failure);
  given.json ? print_json(page) : print_text(page, given);
  return as_int(exit_code::ok);
}

std::string check_number(const std::string& text) {
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  return digits && text.size() <= 18 ? "" : "must be the number of a row, as a list shows it";
}

void declare(config::option_set& options, settings& given) {
  given.which.declare(options, filter_set::list);
  options.text(
      "id", given.id, "Only what this id names: of an event, delivery, entry, activity or card",
      {.filled = true, .group = "Which"}
  );
  options.integer("limit", given.limit, "Most to list", 1, 10000);
  options.text(
      "before", given.before, "Go on below this row (the last ID of a list)", {.filled = true}
  );
  options.check("before", [&given] { return check_number(given.before); });
  options.flag("json", given.json, "Print one JSON object");
  options.per_call({"id", "limit", "before"});
  config::add_common(options, given.common, config::uses::postgres);
}

}  // namespace

std::vector<std::string> event_headings() {
  return {"ID", "RECEIVED", "STATE", "ATTEMPTS", "TYPE", "EVENT", "REASON"};
}

std::vector<std::string> event_cells(const event_summary& event) {
  const auto type = event.event_type.empty() ? "(none)" : shorten(printable(event.event_type), 40);
  return {
      std::to_string(event.id),
      event.received_at,
      event.state,
      std::to_string(event.attempts),
      type,
      shorten(printable(event.event_id), 34),
      shorten(printable(event.reason.value_or("")), 100)};
}

config::command events_list() {
  auto given = std::make_shared<settings>();
  return {
      .name = "events list",
      .description = "List events of any state, newest first",
      .examples =
          "  trunkline events list\n"
          "  trunkline events list --state retrying,dead --error 'check constraint'\n"
          "  trunkline events list --phone +14155550142 --from 2d\n"
          "  trunkline events list --id AC3700e624eca547eb9f749a06f2eb22d7\n"
          "Events that a worker has not had yet are in Redis: 'trunkline queue', 'trunkline events "
          "show ID'.\n"
          "Where a filter leaves much out the list ends after 1.5 s and says where to go on.\n"
          "Exit codes: 0 listed (also when there are none), 1 failed, 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) { declare(options, *given); },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
