// SPDX-License-Identifier: Apache-2.0
#include "admin/database.hpp"
#include "admin/queue/queue_readers.hpp"

namespace trunkline::admin {
namespace {

// Counted along the partial index webhook_events_state, oldest first, and never past the bound, so
// that a million dead letters cost as little as a hundred thousand. The state is a constant for
// each branch: only then does the planner see that the partial index serves it.
std::string count_of(const char* state) {
  return std::string(
             "(select count(*) as n, min(received_at) as first from (select received_at "
             "from webhook_events where state = '"
         ) +
         state + "' order by received_at limit 100001) bounded) " + state;
}

std::string statement() {
  std::string columns;
  std::string sources;
  for (const char* state : {"retrying", "dead"}) {
    const std::string name = state;
    columns += name + ".n, (extract(epoch from now() - " + name + ".first) * 1000)::bigint, ";
    sources += (sources.empty() ? "" : ", ") + count_of(state);
  }
  return "select " + columns +
         "(select (extract(epoch from min(next_attempt_at) - now()) * 1000)::bigint from "
         "webhook_events where state = 'retrying'), due.n, (extract(epoch from now() - due.first) "
         "* 1000)::bigint, " +
         pause_columns() +
         " from (select count(*) as n, min(next_attempt_at) as first from (select next_attempt_at "
         "from webhook_events where state = 'retrying' and next_attempt_at <= now() "
         "order by next_attempt_at limit 100001) bounded) due, " +
         sources;
}

std::optional<std::chrono::milliseconds> milliseconds_in(const std::optional<std::string>& field) {
  if (!field) return std::nullopt;
  return std::chrono::milliseconds(std::stoll(*field));
}

state_count read_count(const database_row& row, std::size_t at) {
  constexpr std::int64_t bound = 100000;
  state_count out;
  out.count = std::stoll(row[at].value_or("0"));
  out.at_least = out.count > bound;
  if (out.at_least) out.count = bound;
  out.oldest = milliseconds_in(row[at + 1]);
  return out;
}

}  // namespace

reading<postgres_state> read_postgres(
    const config::common_options& options, std::chrono::milliseconds budget
) {
  database db(
      options.postgres, config::make_logger("queue", options),
      {.connect = budget, .lock = budget, .statement = budget}
  );
  const auto answer = db.query(statement());
  if (!answer.ok()) {
    if (answer.failure->missing_table())
      return {{}, "Postgres has no tables of ours: run 'trunkline migrate'"};
    return {{}, describe(*answer.failure)};
  }
  const auto& row = answer.rows.front();
  return {
      postgres_state{
          .retrying = read_count(row, 0),
          .dead = read_count(row, 2),
          .due = read_count(row, 5),
          .next_retry = milliseconds_in(row[4]),
          .pause = read_pause(row, 7)},
      ""};
}

}  // namespace trunkline::admin
