// SPDX-License-Identifier: Apache-2.0
// trunkline events show ID [--raw]
#include <cstdio>

#include "cli/output.hpp"
#include "common/text/units.hpp"
#include "admin/events/event_history.hpp"
#include "admin/events/event_in_redis.hpp"
#include "admin/events/event_story.hpp"
#include "admin/control/controls.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

using namespace std::chrono_literals;

struct settings {
  config::common_options common;
  std::string id;
  bool raw = false, json = false;
};

// All that is known of one event.
struct told_event {
  event_details row;
  event_history history;
  event_story story;
  redis_lookup in_stream;
};

std::string stream_text(const redis_lookup& looked, bool was_in_stream) {
  if (!looked.problem.empty()) return "not known: " + looked.problem;
  if (!looked.found) return was_in_stream ? "taken off" : "none: imported";
  if (!looked.found->reader) return "still there, in nobody's hands";
  return "still there, with " + *looked.found->reader;
}

void print_text(const told_event& told) {
  auto lines =
      as_lines(told.row, "trunkline events show " + std::to_string(told.row.id) + " --raw");
  for (auto& line : as_lines(told.history)) lines.push_back(std::move(line));
  lines.push_back(
      {"stream entry",
       printable(stream_text(told.in_stream, time_of_entry_id(told.row.entry_id).has_value()))}
  );
  const auto& copies = told.story.copies;
  lines.push_back(
      {"further copies", std::to_string(copies.size()) + (told.story.more_copies ? "+" : "")}
  );
  for (const auto& copy : copies)
    lines.push_back({"  copy", printable(copy.entry_id) + ", received " + copy.received_at});
  for (const auto& touched : told.story.touched) {
    std::string text;
    for (const auto& field : touched.fields)
      if (field.value && !field.value->empty())
        text +=
            (text.empty() ? "" : ", ") + field.name + " " + shorten(printable(*field.value), 80);
    lines.push_back({"  " + touched.table, text});
  }
  std::fputs(table(lines).c_str(), stdout);
}

json_object touched_json(const touched_row& touched) {
  json_object fields;
  for (const auto& field : touched.fields) fields.text(field.name, field.value);
  return json_object().text("table", touched.table).object("row", fields);
}

json_object told_json(const told_event& told) {
  std::vector<json_object> copies, touched;
  for (const auto& copy : told.story.copies)
    copies.push_back(
        json_object().text("entry_id", copy.entry_id).text("received_at", copy.received_at)
    );
  for (const auto& row : told.story.touched) touched.push_back(touched_json(row));
  auto out = to_json(told.row);
  out.boolean(
      "in_stream", told.in_stream.problem.empty() ? std::optional(told.in_stream.found.has_value())
                                                  : std::nullopt
  );
  return out.list("history", as_json(told.history))
      .list("copies", copies)
      .boolean("more_copies", told.story.more_copies)
      .list("touched", touched);
}

std::string reader_text(const waiting_delivery& waiting) {
  if (!waiting.reader) return "none yet";
  // Whoever gives something back sets its idle time, so that it can be claimed at once.
  if (*waiting.reader == stream::released_consumer) return "none: given back, waits for a worker";
  return printable(*waiting.reader) + ", since " +
         describe_age(std::chrono::milliseconds(*waiting.idle_ms)) + ", read " +
         std::to_string(*waiting.times_read) + " times";
}

void print_waiting(
    const waiting_delivery& waiting, const std::optional<pause_state>& paused, const std::string& id
) {
  const auto& what = waiting.content;
  text_lines lines = {{"state", "waiting in Redis; no row yet"}, {"entry_id", waiting.entry_id}};
  if (!waiting.problem.empty()) lines.push_back({"problem", printable(waiting.problem)});
  lines.push_back({"reader", reader_text(waiting)});
  if (paused) lines.push_back({"applying", "PAUSED " + printable(describe(*paused))});
  lines.push_back(
      {"scheme", std::string(to_string(what.scheme)) + ", key " + std::to_string(what.key_index)}
  );
  lines.push_back({"delivery_id", printable(what.delivery_id)});
  if (!what.provider_delivery_id.empty())
    lines.push_back({"provider_delivery_id", printable(what.provider_delivery_id)});
  lines.push_back(
      {"size", std::to_string(what.body.size()) + " bytes ('trunkline events show " +
                   printable(id) + " --raw')"}
  );
  std::fputs(table(lines).c_str(), stdout);
}

json_object waiting_json(const waiting_delivery& waiting) {
  const auto& what = waiting.content;
  const auto webhook_id = what.provider_delivery_id;
  return json_object()
      .text("entry_id", waiting.entry_id)
      .number("received_at_ms", what.received_at_ms)
      .text("reader", waiting.reader)
      .number("idle_ms", waiting.idle_ms)
      .number("times_read", waiting.times_read)
      .text("scheme", std::string(to_string(what.scheme)))
      .number("key_index", what.key_index)
      .text("delivery_id", what.delivery_id)
      .text("provider_delivery_id", webhook_id.empty() ? std::nullopt : std::optional(webhook_id))
      .number("size", static_cast<std::int64_t>(what.body.size()));
}

int write_raw(const std::string& body) {
  std::fwrite(body.data(), 1, body.size(), stdout);
  return as_int(exit_code::ok);
}

int show_waiting(
    const settings& given, database& db, const redis_lookup& looked, const event_lookup& rows
) {
  if (looked.found) {
    if (given.raw) return write_raw(looked.found->content.body);
    const auto paused = read_pause(db).paused;
    if (given.json)
      std::puts(json_object()
                    .list("events", std::vector<json_object>{})
                    .object("waiting", waiting_json(*looked.found))
                    .object("pause", as_json(paused))
                    .str()
                    .c_str());
    else
      print_waiting(*looked.found, paused, given.id);
    return as_int(exit_code::ok);
  }
  const auto missing = describe_missing(rows, given.id);
  if (rows.deleted) return report_error("events show", missing, exit_code::failed);
  if (!looked.problem.empty())
    return report_error(
        "events show", missing + " in Postgres, and " + looked.problem, exit_code::unknown
    );
  const bool certain = looked.all_looked_at && !rows.searched_back;
  return report_error(
      "events show",
      missing + (looked.all_looked_at ? "" : "; more waits in Redis than could be looked through"),
      certain ? exit_code::failed : exit_code::unknown
  );
}

// An imported row has never been in the stream.
redis_lookup look_in_stream(const settings& given, const event_details& row) {
  if (!time_of_entry_id(row.entry_id)) return {};
  return find_entry(given.common, row.entry_id, 300ms);
}

int show_rows(const settings& given, database& db, const event_lookup& rows) {
  if (given.raw) {
    if (rows.found.size() > 1)
      return report_error(
          "events show", "several events have this id: take one by its number", exit_code::failed
      );
    const auto bytes = read_bytes(db, rows.found[0].id);
    return bytes.failure ? report_error("events show", *bytes.failure) : write_raw(bytes.body);
  }
  constexpr std::size_t most = 10;  // the story of each takes some questions
  std::vector<json_object> objects;
  for (const auto& row : rows.found) {
    if (&row - rows.found.data() >= static_cast<std::ptrdiff_t>(most)) {
      std::fprintf(
          stderr, "... %zu events have this id: 'trunkline events list --id %s'\n",
          rows.found.size(), printable(given.id).c_str()
      );
      break;
    }
    told_event told{row, read_history(db, row), read_story(db, row), look_in_stream(given, row)};
    for (const auto& failure : {told.history.failure, told.story.failure})
      if (failure) return report_error("events show", *failure);
    if (given.json) {
      objects.push_back(told_json(told));
      continue;
    }
    if (&row != &rows.found.front()) std::puts("");
    print_text(told);
  }
  if (given.json)
    std::puts(json_object()
                  .list("events", objects)
                  .object("waiting", std::nullopt)
                  .object("pause", as_json(read_pause(db).paused))
                  .str()
                  .c_str());
  return as_int(exit_code::ok);
}

int run(const settings& given) {
  if (given.id.empty()) return report_error("events show", empty_id, exit_code::usage);
  database db(given.common.postgres, config::make_logger("events", given.common), quick_look);
  const auto rows = find_event(db, given.id, 600ms);
  if (rows.failure) return report_error("events show", *rows.failure);
  if (!rows.found.empty()) return show_rows(given, db, rows);
  return show_waiting(given, db, find_waiting(given.common, given.id, 500ms), rows);
}

}  // namespace

config::command events_show() {
  auto given = std::make_shared<settings>();
  return {
      .name = "events show",
      .description = "The whole story of one event, wherever it is",
      .examples =
          "  trunkline events show 4711\n"
          "  trunkline events show EVc67ec998b35c41d388af50799aeeba3e   an event id\n"
          "  trunkline events show 01KAYQ8S6M6J0Y6V0W2T4X8Z1B           a Trunkline-Delivery-Id\n"
          "  trunkline events show 4711 --raw > body.json               the bytes as received\n"
          "ID is the row's number, an event id, a delivery id (ours or the provider's), a Redis "
          "entry "
          "id (of a\n"
          "copy too), or the id of a message, call or card. What is no row yet is looked for in "
          "Redis.\n"
          "Exit codes: 0 shown, 1 no such event or failed, 3 a server is away, or not all could be "
          "looked at.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.one("ID", given->id, "Which event", config::needed::yes);
            options.flag("raw", given->raw, "Write the exact bytes received, nothing else");
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"raw"});
            config::add_common(options, given->common, config::uses::both);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
