// SPDX-License-Identifier: Apache-2.0
#include "admin/control/controls.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "schema/sql.hpp"

namespace trunkline::admin {

std::string pause_columns() {
  return std::string(sql::query("admin/pause_columns"));
}

pause_result read_pause(database& db) {
  const auto result =
      db.query(sql::compose("admin/show_pause", {{"pause", sql::query("admin/pause_columns")}}));
  if (!result.ok()) return {{}, result.failure};
  return {read_pause(result.rows.front(), 0), {}};
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

query_result pause(database& db, const pause_request& request) {
  const auto duration = request.duration ? std::to_string(request.duration->count()) : "";
  return db.transaction(
      {{std::string(sql::query("admin/set_utc"))},
       {std::string(sql::query("admin/pause")),
        {request.reason, request.actor, request.resume_at, duration}}}
  );
}

bool is_invalid_time(const database_failure& failure) {
  constexpr std::array<std::string_view, 4> states = {"22007", "22008", "22009", "22023"};
  return std::ranges::find(states, failure.sqlstate) != states.end();
}

query_result resume(database& db, const std::string& actor, const std::string& reason) {
  return db.query(sql::query("admin/resume"), {actor, reason});
}

std::optional<database_failure> missing_privilege(database& db, const std::string& privilege) {
  const auto has = db.query(sql::query("admin/has_event_privilege"), {privilege});
  if (!has.ok()) return has.failure;
  if (has.rows[0][0] == "t") return std::nullopt;
  return database_failure{false, "42501", "permission denied for table webhook_events"};
}

}  // namespace trunkline::admin
