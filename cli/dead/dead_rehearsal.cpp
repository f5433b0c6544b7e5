// SPDX-License-Identifier: Apache-2.0
#include "cli/dead/dead_rehearsal.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/output.hpp"
#include "store/merge/dry_run.hpp"

namespace trunkline::cli {
namespace {

using store::row_change;

// What people wrote or said, and links that open without a login: their length is enough.
constexpr std::array<std::string_view, 16> private_columns = {
    "body",          "media_urls",    "ai_summary",    "ai_key_points",
    "ai_next_steps", "ai_jobs",       "ai_transcript", "ai_transcript_raw",
    "voicemail",     "recording_url", "url",           "record",
    "forwarded",     "emails",        "menu",          "error"};

std::string shown(const std::string& column, const std::optional<std::string>& value) {
  if (!value) return "null";
  if (std::find(private_columns.begin(), private_columns.end(), column) != private_columns.end())
    return "(" + std::to_string(value->size()) + " bytes)";
  return "'" + shorten(printable(*value), 60) + "'";
}

std::string_view word_of(row_change::kind what) {
  switch (what) {
    case row_change::kind::inserted:
      return "insert";
    case row_change::kind::updated:
      return "update";
    case row_change::kind::deleted:
      return "delete";
  }
  return "";
}

void print_change(const row_change& change) {
  std::printf(
      "  %s %s %s\n", std::string(word_of(change.type)).c_str(), change.table.c_str(),
      shorten(printable(change.key), 60).c_str()
  );
  std::vector<std::vector<std::string>> lines;
  for (const auto& column : change.columns)
    lines.push_back(
        {"    " + column.column,
         change.type == row_change::kind::inserted
             ? shown(column.column, column.after)
             : shown(column.column, column.before) + " -> " + shown(column.column, column.after)}
    );
  std::fputs(table(lines).c_str(), stdout);
}

std::string verdict_of(const store::dry_run_result& done) {
  if (done.failed)
    return "would fail: " + printable(done.failed->message) +
           (done.failed->sqlstate.empty() ? "" : " (SQLSTATE " + done.failed->sqlstate + ")");
  if (done.state == "dead") return "would be dead again: " + printable(done.reason);
  return "would be " + done.state;
}

void print_text(std::int64_t id, const store::dry_run_result& done) {
  std::printf("%lld: %s\n", static_cast<long long>(id), verdict_of(done).c_str());
  for (const auto& change : done.changes) print_change(change);
  for (const auto& count : done.counts)
    std::printf(
        "  in all %s: %lld inserted, %lld updated, %lld deleted\n", count.table.c_str(),
        static_cast<long long>(count.inserted), static_cast<long long>(count.updated),
        static_cast<long long>(count.deleted)
    );
}

json_object change_json(const row_change& change) {
  std::vector<json_object> columns;
  for (const auto& column : change.columns)
    columns.push_back(json_object()
                          .text("column", column.column)
                          .text("before", shown(column.column, column.before))
                          .text("after", shown(column.column, column.after)));
  return json_object()
      .text("change", std::string(word_of(change.type)))
      .text("table", change.table)
      .text("key", change.key)
      .list("columns", columns);
}

json_object as_json(std::int64_t id, const store::dry_run_result& done) {
  std::vector<json_object> changes, counts;
  for (const auto& change : done.changes) changes.push_back(change_json(change));
  for (const auto& count : done.counts)
    counts.push_back(json_object()
                         .text("table", count.table)
                         .number("inserted", count.inserted)
                         .number("updated", count.updated)
                         .number("deleted", count.deleted));
  return json_object()
      .number("id", id)
      .text("state", done.failed ? std::nullopt : std::optional(done.state))
      .text("verdict", verdict_of(done))
      .list("changes", changes)
      .list("written", counts);
}

// How many of how many.
struct rehearsal_sum {
  std::size_t applied, tried, chosen, left_out;
  bool more;  // more fit than could be chosen
};

void print_json(const rehearsal_sum& sum, const std::vector<json_object>& list) {
  std::puts(json_object()
                .list("rehearsed", list)
                .number("would_be_applied", static_cast<std::int64_t>(sum.applied))
                .number("chosen", static_cast<std::int64_t>(sum.chosen))
                .number("not_rehearsed", static_cast<std::int64_t>(sum.left_out))
                .boolean("more", sum.more)
                .str()
                .c_str());
}

void print_text(const rehearsal_sum& sum) {
  std::printf("%zu of %zu tried would be applied; nothing was changed\n", sum.applied, sum.tried);
  if (sum.left_out > 0)
    std::printf(
        "tried were %zu of the %zu%s that fit, oldest first: --limit N for more\n", sum.tried,
        sum.chosen, sum.more ? "+" : ""
    );
}

}  // namespace

int rehearse(const rehearsal_options& options, const std::vector<std::int64_t>& ids, bool more) {
  store::dry_run stage(options.conninfo);
  std::vector<json_object> list;
  std::size_t applied = 0, tried = 0;
  const std::size_t count = std::min(ids.size(), options.limit);
  for (std::size_t i = 0; i < count; ++i) {
    const auto done = stage.run(ids[i]);
    if (!done) {
      const bool away = done.error().kind != store::store_error_kind::schema;
      return report_error(
          "dead replay", (away ? "PostgreSQL is unreachable: " : "") + done.error().message,
          away ? exit_code::unknown : exit_code::failed
      );
    }
    if (!*done) continue;  // somebody replayed it meanwhile
    const bool good = !(*done)->failed && (*done)->state != "dead";
    ++tried;
    applied += good ? 1 : 0;
    if (options.json)
      list.push_back(as_json(ids[i], **done));
    else
      print_text(ids[i], **done);
  }
  const rehearsal_sum sum{applied, tried, ids.size(), ids.size() - count, more};
  options.json ? print_json(sum, list) : print_text(sum);
  return as_int(applied == tried ? exit_code::ok : exit_code::failed);
}

}  // namespace trunkline::cli
