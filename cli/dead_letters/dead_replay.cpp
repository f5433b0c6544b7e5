// SPDX-License-Identifier: Apache-2.0
// trunkline dead replay ID... | --all [filter]
#include <algorithm>
#include <cstdio>

#include "admin/dead_letters/dead_letter_dry_run.hpp"
#include "admin/dead_letters/dead_letters.hpp"
#include "cli/commands.hpp"
#include "cli/events/event_batch.hpp"
#include "cli/events/event_output.hpp"
#include "cli/operator_name.hpp"
#include "common/text/printable.hpp"

namespace trunkline::cli {
namespace {

constexpr const char* name = "dead replay";

struct replay_options : event_batch_options {
  int limit = 0;
  bool dry_run = false;
};

json_object report_json(const event_selection& selected, const batch_result& done) {
  constexpr std::size_t max_rows = 1000;
  std::vector<json_object> rows;
  for (const auto id : done.ids)
    if (rows.size() < max_rows) rows.push_back(json_object().number("id", id));
  return json_object()
      .number("count", static_cast<std::int64_t>(done.ids.size()))
      .list("replayed", rows)
      .strings("left_alone", selected.left_alone)
      .boolean("stopped", done.stopped)
      .boolean("more", selected.more);
}

void print_text(const event_selection& selected, const batch_result& done) {
  if (done.ids.size() <= 20)
    for (const auto id : done.ids)
      std::printf("%lld: retrying, due now\n", static_cast<long long>(id));
  std::printf("%zu replayed\n", done.ids.size());
  if (done.stopped)
    std::printf("stopped: %zu are still dead\n", selected.ids.size() - done.ids.size());
}

void print_change(const store::row_change& change) {
  std::printf(
      "  %s %s %s\n", kind_of(change).c_str(), change.table.c_str(),
      shorten(printable(change.key), 60).c_str()
  );
  text_lines lines;
  for (const auto& column : change.columns) {
    const auto after = shown_value(column.column, column.after);
    const bool inserted = change.type == store::row_change::kind::inserted;
    lines.push_back(
        {"    " + column.column,
         inserted ? after : shown_value(column.column, column.before) + " -> " + after}
    );
  }
  std::fputs(table(lines).c_str(), stdout);
}

void print_result(std::int64_t id, const store::dry_run_result& result) {
  std::printf("%lld: %s\n", static_cast<long long>(id), verdict_of(result).c_str());
  for (const auto& change : result.changes) print_change(change);
  for (const auto& count : result.counts)
    std::printf(
        "  total %s: %lld inserted, %lld updated, %lld deleted\n", count.table.c_str(),
        static_cast<long long>(count.inserted), static_cast<long long>(count.updated),
        static_cast<long long>(count.deleted)
    );
}

void print_summary(const dry_run_summary& summary) {
  std::printf(
      "%zu of %zu tried would be applied; nothing was changed\n", summary.applied, summary.tried
  );
  if (summary.skipped > 0)
    std::printf(
        "tried the oldest %zu of %zu%s matching events: use --limit N for more\n", summary.tried,
        summary.selected, summary.more ? "+" : ""
    );
}

int run_dry(const replay_options& options, const event_selection& selected) {
  constexpr int default_limit = 20;
  for (const auto& line : selected.left_alone) std::fprintf(stderr, "%s\n", line.c_str());
  std::vector<json_object> results;
  const auto summary = dry_run_dead_letters(
      options.common.postgres, selected.ids,
      static_cast<std::size_t>(options.limit > 0 ? options.limit : default_limit),
      [&](std::int64_t id, const store::dry_run_result& result) {
        if (options.json)
          results.push_back(as_json(id, result));
        else
          print_result(id, result);
      }
  );
  if (summary.failure)
    return report_error(
        name, summary.failure->unreachable ? describe(*summary.failure) : summary.failure->message,
        summary.failure->unreachable ? exit_code::unknown : exit_code::failed
    );
  auto total = summary;
  total.more = selected.more;
  if (options.json)
    std::puts(as_json(total, results).str().c_str());
  else
    print_summary(total);
  const bool good = total.applied == total.tried && selected.left_alone.empty();
  return as_int(good ? exit_code::ok : exit_code::failed);
}

int run(const replay_options& options) {
  if (const auto error = check_selection(options, "--all"); !error.empty())
    return report_error(name, error, exit_code::usage);
  database db(options.common.postgres, config::make_logger("dead", options.common));
  const event_batch batch{
      .command = name,
      .privilege = "update",
      .not_changed = "nothing was replayed",
      .changed = "were replayed",
      .question = [](const std::string& count, std::size_t selected
                  ) { return selected > 1 ? "replay " + count + " dead letters?" : ""; },
      .select = [&options](database& from
                ) { return select_dead_letters(from, options.ids, options.filter.filter()); },
      .change = [&db](const std::string& ids
                ) { return replay_dead_letters(db, ids, operator_name()); },
      .as_json = report_json,
      .print_text = print_text,
      .complete =
          [](const event_selection& selected, const batch_result& done) {
            return selected.left_alone.empty() && done.ids.size() == selected.ids.size();
          },
      .report_failure = [](const database_failure& failure
                        ) { return report_write_failure(name, failure); }};
  event_selection selected;
  if (const auto code = prepare_event_batch(db, batch, selected)) return *code;
  if (options.dry_run) return run_dry(options, selected);
  if (options.limit > 0 && selected.ids.size() > static_cast<std::size_t>(options.limit)) {
    selected.ids.resize(static_cast<std::size_t>(options.limit));
    selected.more = true;
  }
  return run_event_batch(options, batch, selected);
}

void declare(replay_options& options, config::option_set& set, config::arguments& arguments) {
  options.declare_selection(
      set, arguments, "all", "Select all dead letters that match the filter", filter_set::dead
  );
  set.integer("limit", options.limit, "Maximum number of events, oldest first; 0: all", 0, 1000000);
  options.declare_rate(set);
  set.flag("dry-run", options.dry_run, "Print the changes without making them");
  set.per_call({"limit", "dry-run"});
  options.declare_common(set, config::uses::postgres);
}

}  // namespace

config::command dead_replay() {
  return make_command<replay_options>(
      {.name = name,
       .description = "Replay dead letters",
       .examples =
           "  trunkline dead replay 4711\n"
           "  trunkline dead replay --all --error 'violates check constraint' --dry-run\n"
           "  trunkline dead replay --all --error 'violates check constraint' --rate 200 --yes\n"
           "  trunkline dead replay --all --phone +14155550142 --died-before 2026-11-20T17:00 "
           "--limit 10\n"
           "A replayed event becomes retrying, due now, with no attempts counted. Events that are "
           "not dead are\n"
           "reported and left alone, so a second replay changes nothing. --dry-run applies the "
           "oldest 20 (or\n"
           "--limit) events in transactions that are rolled back, and prints the changed rows, "
           "message texts as\n"
           "their length.\n"
           "Exit codes: 0 all replayed; 1 events left alone, not confirmed, or no privilege; 3 "
           "PostgreSQL\n"
           "unreachable.\n"},
      declare, run
  );
}

}  // namespace trunkline::cli
