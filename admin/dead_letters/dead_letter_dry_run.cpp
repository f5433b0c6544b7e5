// SPDX-License-Identifier: Apache-2.0
#include "admin/dead_letters/dead_letter_dry_run.hpp"

#include <algorithm>
#include <array>

#include "common/text/printable.hpp"

namespace trunkline::admin {
namespace {

using store::row_change;

// Texts that people wrote or said, and links that open without a login.
constexpr std::array<std::string_view, 16> private_columns = {
    "body",          "media_urls",    "ai_summary",    "ai_key_points",
    "ai_next_steps", "ai_jobs",       "ai_transcript", "ai_transcript_raw",
    "voicemail",     "recording_url", "url",           "record",
    "forwarded",     "emails",        "menu",          "error"};

json_object change_json(const row_change& change) {
  std::vector<json_object> columns;
  for (const auto& column : change.columns)
    columns.push_back(json_object()
                          .text("column", column.column)
                          .text("before", shown_value(column.column, column.before))
                          .text("after", shown_value(column.column, column.after)));
  return json_object()
      .text("change", kind_of(change))
      .text("table", change.table)
      .text("key", change.key)
      .list("columns", columns);
}

}  // namespace

std::string kind_of(const row_change& change) {
  switch (change.type) {
    case row_change::kind::inserted:
      return "insert";
    case row_change::kind::updated:
      return "update";
    case row_change::kind::deleted:
      return "delete";
  }
  return "";
}

std::string shown_value(const std::string& column, const std::optional<std::string>& value) {
  if (!value) return "null";
  if (std::find(private_columns.begin(), private_columns.end(), column) != private_columns.end())
    return "(" + std::to_string(value->size()) + " bytes)";
  return "'" + shorten(printable(*value), 60) + "'";
}

std::string verdict_of(const store::dry_run_result& done) {
  if (done.failed)
    return "would fail: " + printable(done.failed->message) +
           (done.failed->sqlstate.empty() ? "" : " (SQLSTATE " + done.failed->sqlstate + ")");
  if (done.state == "dead") return "would be dead again: " + printable(done.reason);
  return "would be " + done.state;
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

json_object as_json(const dry_run_summary& summary, const std::vector<json_object>& results) {
  return json_object()
      .list("rehearsed", results)
      .number("would_be_applied", static_cast<std::int64_t>(summary.applied))
      .number("chosen", static_cast<std::int64_t>(summary.selected))
      .number("not_rehearsed", static_cast<std::int64_t>(summary.skipped))
      .boolean("more", summary.more);
}

dry_run_summary dry_run_dead_letters(
    const std::string& conninfo, const std::vector<std::int64_t>& ids, std::size_t limit,
    const dry_run_observer& observer
) {
  store::dry_run runner(conninfo);
  const std::size_t count = std::min(ids.size(), limit);
  dry_run_summary out{.selected = ids.size(), .skipped = ids.size() - count, .failure = {}};
  for (std::size_t i = 0; i < count; ++i) {
    const auto done = runner.run(ids[i]);
    if (!done) {
      const bool unreachable = done.error().kind != store::store_error_kind::schema;
      out.failure = database_failure{unreachable, done.error().sqlstate, done.error().message};
      return out;
    }
    if (!*done) continue;  // replayed since it was selected
    ++out.tried;
    out.applied += !(*done)->failed && (*done)->state != "dead" ? 1 : 0;
    observer(ids[i], **done);
  }
  return out;
}

}  // namespace trunkline::admin
