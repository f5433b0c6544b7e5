// SPDX-License-Identifier: Apache-2.0
#include "admin/database.hpp"
#include "admin/queue/queue_readers.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

std::optional<std::chrono::milliseconds> milliseconds_in(const std::optional<std::string>& field) {
  if (!field) return std::nullopt;
  return std::chrono::milliseconds(std::stoll(*field));
}

// Reads a count and an age; counts.sql stops counting one above the bound.
state_count read_count(const database_row& row, std::size_t column) {
  constexpr std::int64_t bound = 100000;
  state_count out;
  out.count = std::stoll(row[column].value_or("0"));
  out.at_least = out.count > bound;
  if (out.at_least) out.count = bound;
  out.oldest = milliseconds_in(row[column + 1]);
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
  const auto columns = pause_columns();
  const auto result = db.query(sql::compose("admin/queue/counts", {{"pause_columns", columns}}));
  if (!result.ok()) {
    if (result.failure->missing_table())
      return {{}, "the database has no tables of Trunkline: run 'trunkline migrate'"};
    return {{}, describe(*result.failure)};
  }
  const auto& row = result.rows.front();
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
