// SPDX-License-Identifier: Apache-2.0
#include "admin/control/controls.hpp"

namespace trunkline::admin {
std::string pause_columns() {
  const std::string row =
      "(select to_jsonb(c) as c from controls c where name = 'pause' and value = 'on' and "
      "(to_jsonb(c) ->> 'until' is null or (to_jsonb(c) ->> 'until')::timestamptz > now()))";
  const auto time = [&](const char* name) {
    return "(select to_char((p.c ->> '" + std::string(name) +
           "')::timestamptz at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from " + row +
           " p)";
  };
  const auto text = [&](const char* name) {
    return "(select coalesce(p.c ->> '" + std::string(name) + "', '') from " + row + " p)";
  };
  return text("reason") + ", " + text("changed_by") + ", " + time("changed_at") + ", " +
         time("until");
}

pause_answer read_pause(database& db) {
  const auto answer = db.query("select " + pause_columns());
  if (!answer.ok()) return {{}, answer.failure};
  return {read_pause(answer.rows.front(), 0), {}};
}

std::optional<pause_state> read_pause(const database_row& row, std::size_t first) {
  const auto& reason = row.at(first);
  if (!reason) return std::nullopt;
  const auto text = [&](std::size_t column) { return row.at(first + column).value_or(""); };
  return pause_state{*reason, text(1), text(2), text(3)};
}

std::string describe(const pause_state& paused) {
  return "by " + paused.by + " since " + paused.since +
         (paused.until.empty() ? "" : " until " + paused.until) + ": " + paused.reason;
}

std::optional<json_object> as_json(const std::optional<pause_state>& paused) {
  if (!paused) return std::nullopt;
  return json_object()
      .text("reason", paused->reason)
      .text("by", paused->by)
      .text("since", paused->since)
      .text("until", paused->until.empty() ? std::nullopt : std::optional(paused->until));
}

std::optional<database_failure> lacks_right(database& db, const std::string& right) {
  const auto may = db.query("select has_table_privilege('webhook_events', $1)", {right});
  if (!may.ok()) return may.failure;
  if (may.rows[0][0] == "t") return std::nullopt;
  return database_failure{false, "42501", "permission denied for table webhook_events"};
}

}  // namespace trunkline::admin
