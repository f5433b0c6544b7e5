// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_history.hpp"

#include "admin/events/event_time.hpp"

namespace trunkline::admin {
namespace {

constexpr std::size_t most = 20;

std::string described(const operator_step& step) {
  auto out = step.at + " by " + step.who + " as " + step.login;
  if (step.finished_at) out += ": was dead since " + *step.finished_at;
  if (step.attempts)
    out += (step.finished_at ? ", " : ": after ") + std::to_string(*step.attempts) + " attempts";
  if (step.reason) out += ", " + *step.reason;
  return printable(out);
}

}  // namespace

event_history read_history(database& db, const event_details& event) {
  event_history out;
  const auto answer = db.query(
      "select action, " + time_text("at") + ", who, login, attempts::text, " +
          time_text("finished_at") +
          ", nullif(reason, '') from operator_log where event_id = $1::bigint "
          "order by id desc limit " +
          std::to_string(most + 1),
      {std::to_string(event.id)}
  );
  if (!answer.ok()) {
    if (answer.failure->sqlstate != "42703") out.failure = answer.failure;
    return out;
  }
  for (const auto& row : answer.rows) {
    out.more = out.steps.size() == most;
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

text_lines as_lines(const event_history& history) {
  text_lines out;
  if (history.more) out.push_back({"earlier", "more, in operator_log"});
  for (const auto& step : history.steps) out.push_back({step.action, described(step)});
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

std::string log_of_events(const std::string& action) {
  return "insert into operator_log (action, event_id, attempts, finished_at, reason, who) select "
         "'" +
         action +
         "', chosen.id, attempts, finished_at, left(reason, 1000), $2 from chosen join changed "
         "using (id) order by id";
}

}  // namespace trunkline::admin
