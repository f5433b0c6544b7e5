// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_history.hpp"

#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

constexpr std::size_t max_steps = 20;
constexpr const char* undefined_column = "42703";

}  // namespace

event_history read_history(database& db, const event_details& event) {
  event_history out;
  const auto result = db.query(
      sql::query("admin/list_operator_steps"),
      {std::to_string(event.id), std::to_string(max_steps + 1)}
  );
  if (!result.ok()) {
    if (result.failure->sqlstate != undefined_column) out.failure = result.failure;
    return out;
  }
  for (const auto& row : result.rows) {
    out.more = out.steps.size() == max_steps;
    if (out.more) break;
    operator_step step{
        row[0].value_or(""),
        row[1].value_or(""),
        row[2].value_or(""),
        row[3].value_or(""),
        {},
        row[5],
        row[6]};
    if (row[4]) step.attempts = std::stoll(*row[4]);
    out.steps.insert(out.steps.begin(), std::move(step));
  }
  return out;
}

std::vector<json_object> as_json(const event_history& history) {
  std::vector<json_object> out;
  for (const auto& step : history.steps)
    out.push_back(json_object()
                      .text("action", step.action)
                      .text("at", step.at)
                      .text("who", step.who)
                      .text("login", step.login)
                      .number("attempts", step.attempts)
                      .text("finished_at", step.finished_at)
                      .text("reason", step.reason));
  return out;
}

}  // namespace trunkline::admin
