// SPDX-License-Identifier: Apache-2.0
// trunkline events show ID [--raw]
#include <cstdio>

#include "admin/events/event_report.hpp"
#include "cli/command_options.hpp"
#include "cli/commands.hpp"
#include "cli/events/event_output.hpp"
#include "common/text/printable.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

using namespace std::chrono_literals;

constexpr const char* name = "events show";

struct show_options : command_options {
  std::string id;
  bool raw = false;
};

std::string stream_text(const event_report& report) {
  const auto& stream = report.in_stream;
  if (!stream.error.empty()) return "unknown: " + stream.error;
  if (!stream.found) return time_of_entry_id(report.row.entry_id) ? "deleted" : "none: imported";
  return stream.found->reader ? "present, pending for " + *stream.found->reader
                              : "present, not pending";
}

void print_text(const event_report& report) {
  auto lines =
      as_lines(report.row, "trunkline events show " + std::to_string(report.row.id) + " --raw");
  for (auto& line : as_lines(report.history)) lines.push_back(std::move(line));
  lines.push_back({"stream entry", printable(stream_text(report))});
  const auto& copies = report.effects.copies;
  lines.push_back(
      {"copies", std::to_string(copies.size()) + (report.effects.more_copies ? "+" : "")}
  );
  for (const auto& copy : copies)
    lines.push_back({"  copy", printable(copy.entry_id) + ", received " + copy.received_at});
  for (const auto& row : report.effects.rows) {
    std::string text;
    for (const auto& field : row.fields)
      if (field.value && !field.value->empty())
        text +=
            (text.empty() ? "" : ", ") + field.name + " " + shorten(printable(*field.value), 80);
    lines.push_back({"  " + row.table, text});
  }
  std::fputs(table(lines).c_str(), stdout);
}

std::string reader_text(const waiting_delivery& waiting) {
  if (!waiting.reader) return "none yet";
  // A worker that releases an entry sets its idle time, so that it can be claimed immediately.
  if (*waiting.reader == stream::released_consumer) return "none: released, waits for a worker";
  return printable(*waiting.reader) + ", since " +
         describe_age(std::chrono::milliseconds(*waiting.idle_ms)) + ", read " +
         std::to_string(*waiting.times_read) + " times";
}

void print_waiting(
    const waiting_delivery& waiting, const std::optional<pause_state>& paused, const std::string& id
) {
  const auto& content = waiting.content;
  text_lines lines = {{"state", "waiting in Redis; no row yet"}, {"entry_id", waiting.entry_id}};
  if (!waiting.problem.empty()) lines.push_back({"problem", printable(waiting.problem)});
  lines.push_back({"reader", reader_text(waiting)});
  if (paused) lines.push_back({"applying", "PAUSED " + printable(describe(*paused))});
  lines.push_back(
      {"scheme",
       std::string(to_string(content.scheme)) + ", key " + std::to_string(content.key_index)}
  );
  lines.push_back({"delivery_id", printable(content.delivery_id)});
  if (!content.provider_delivery_id.empty())
    lines.push_back({"provider_delivery_id", printable(content.provider_delivery_id)});
  lines.push_back(
      {"size", std::to_string(content.body.size()) + " bytes ('trunkline events show " +
                   printable(id) + " --raw')"}
  );
  std::fputs(table(lines).c_str(), stdout);
}

void print_json(
    const std::vector<json_object>& events, const std::optional<json_object>& waiting,
    const std::optional<pause_state>& paused
) {
  std::puts(json_object()
                .list("events", events)
                .object("waiting", waiting)
                .object("pause", as_json(paused))
                .str()
                .c_str());
}

int report_missing(
    const show_options& options, const event_lookup& rows, const redis_lookup& stream
) {
  const auto missing = describe_missing(rows, options.id);
  if (rows.deleted) return report_error(name, missing, exit_code::failed);
  if (!stream.error.empty())
    return report_error(name, missing + " in PostgreSQL, and " + stream.error, exit_code::unknown);
  const bool certain = stream.complete && !rows.searched_back;
  return report_error(
      name, missing + (stream.complete ? "" : "; Redis was not searched to the end in time"),
      certain ? exit_code::failed : exit_code::unknown
  );
}

int show_waiting(const show_options& options, database& db, const event_lookup& rows) {
  const auto stream = find_waiting(options.common, options.id, 500ms);
  if (!stream.found) return report_missing(options, rows, stream);
  if (options.raw) return write_raw(stream.found->content.body);
  const auto paused = read_pause(db).paused;
  if (options.json)
    print_json({}, as_json(*stream.found), paused);
  else
    print_waiting(*stream.found, paused, options.id);
  return as_int(exit_code::ok);
}

int show_rows(const show_options& options, database& db, const event_lookup& rows) {
  if (options.raw) return write_payload(name, db, rows);
  constexpr std::size_t max_reports = 10;  // each takes several statements
  std::vector<json_object> reports;
  for (std::size_t i = 0; i < rows.found.size() && i < max_reports; ++i) {
    const auto report = read_report(db, options.common, rows.found[i]);
    if (report.failure) return report_error(name, *report.failure);
    if (options.json) {
      reports.push_back(as_json(report));
      continue;
    }
    if (i > 0) std::puts("");
    print_text(report);
  }
  if (rows.found.size() > max_reports)
    std::fprintf(
        stderr, "... %zu events have this id: 'trunkline events list --id %s'\n", rows.found.size(),
        printable(options.id).c_str()
    );
  if (options.json) print_json(reports, std::nullopt, read_pause(db).paused);
  return as_int(exit_code::ok);
}

int run(const show_options& options) {
  if (options.id.empty()) return report_error(name, empty_id, exit_code::usage);
  database db(options.common.postgres, config::make_logger("events", options.common), quick_look);
  const auto rows = find_event(db, options.id, 600ms);
  if (rows.failure) return report_error(name, *rows.failure);
  return rows.found.empty() ? show_waiting(options, db, rows) : show_rows(options, db, rows);
}

void declare(show_options& options, config::option_set& set, config::arguments& arguments) {
  arguments.one("ID", options.id, "Event to show", config::needed::yes);
  set.flag("raw", options.raw, "Write only the payload, byte for byte");
  set.per_call({"raw"});
  options.declare_common(set, config::uses::both);
}

}  // namespace

config::command events_show() {
  return make_command<show_options>(
      {.name = name,
       .description = "Show an event, its history and its effects",
       .examples =
           "  trunkline events show 4711\n"
           "  trunkline events show EVc67ec998b35c41d388af50799aeeba3e   an event id\n"
           "  trunkline events show 01KAYQ8S6M6J0Y6V0W2T4X8Z1B           a Trunkline-Delivery-Id\n"
           "  trunkline events show 4711 --raw > body.json               the payload as received\n"
           "ID is a row number, an event id, a delivery id (ours or the provider's), a Redis entry "
           "id (also of\n"
           "a copy), or the id of a message, call or contact. Events without a row are searched in "
           "Redis.\n"
           "Exit codes: 0 shown; 1 no such event, or failed; 3 a server unreachable, or the search "
           "incomplete.\n"},
      declare, run
  );
}

}  // namespace trunkline::cli
