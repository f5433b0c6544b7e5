// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_follower.hpp"

#include <algorithm>

#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

constexpr std::size_t max_rows = 1000;
// Longer than a transaction of a worker may take.
constexpr std::chrono::seconds gap_lifetime{20};
constexpr std::size_t max_gaps = 20000;

template <class Map, class Text>
std::string array_literal(const Map& from, const Text& text) {
  std::string out = "{";
  for (const auto& each : from) out += (out.size() > 1 ? "," : "") + text(each);
  return out + "}";
}

std::string sql_of_states(const event_filter& filter, sql_condition& statement) {
  if (filter.states.empty()) return sql_condition().sql();
  const auto states = array_literal(filter.states, [](const auto& state) { return state; });
  return sql::compose("admin/filter/in_states", {{"states", statement.parameter(states)}});
}

}  // namespace

json_object as_followed_json(const event_summary& event) {
  return as_json(event).text("outcome_at", event.outcome_at);
}

followed_events event_follower::start(int last) {
  followed_events out;
  const auto newest = db_.query(sql::query("admin/newest_event"));
  out.failure = newest.failure;
  if (out.failure) return out;
  highest_ = std::stoll(newest.rows[0][0].value_or("0"));
  if (last > 0) {
    auto page = list_events(db_, filter_, {.events = last, .before = {}});
    std::reverse(page.events.begin(), page.events.end());
    // Rows that appeared between the two statements are new: poll() returns them.
    for (auto& event : page.events)
      if (event.id <= highest_) out.events.push_back(std::move(event));
    out.failure = page.failure;
  }
  if (!out.failure) out.failure = update_watched();
  return out;
}

followed_events event_follower::poll() {
  followed_events out;
  out.failure = poll_gaps(out);
  if (!out.failure) out.failure = poll_new(out);
  if (!out.failure) out.failure = poll_watched(out);
  if (!out.failure) out.failure = update_watched();
  return out;
}

// Runs a statement with the filter; add_parameters(condition) returns its other fragments' texts.
template <class AddParameters>
query_result event_follower::query(const char* name, const AddParameters& add_parameters) {
  sql_condition where;
  if (auto failure = add_conditions(db_, filter_, where)) {
    query_result failed;
    failed.failure = std::move(failure);
    return failed;
  }
  const auto filter = where.sql();
  const auto states = sql_of_states(filter_, where);
  const auto statement = add_parameters(name, where, filter, states);
  return db_.query(statement, where.parameters());
}

void event_follower::add(const database_row& row, followed_events& out) {
  auto event = read_summary(row, 1);
  if (!event.outcome_at) event.outcome_at = row[1 + summary_width];
  if (event.state == "retrying" || event.state == "dead")
    watched_[event.id] = {event.state, event.attempts};
  if (row[0] == "t") out.events.push_back(std::move(event));
}

void event_follower::add_gap(std::int64_t below) {
  const auto until = clock::now() + gap_lifetime;
  // A long gap contains skipped numbers (a restart of the server, a restore), not missing rows.
  for (auto id = std::max(highest_ + 1, below - 2000); id < below && gaps_.size() < max_gaps; ++id)
    gaps_.emplace(id, until);
}

std::optional<database_failure> event_follower::poll_new(followed_events& out) {
  constexpr int max_statements = 20;  // the next poll() reads the rest
  for (int i = 0; i < max_statements; ++i) {
    const auto result = query(
        "admin/follow_new_events",
        [&](const char* name, sql_condition& to, const auto& filter, const auto& states) {
          return sql::compose(
              name, {{"states", states},
                     {"filter", filter},
                     {"columns", sql::query("admin/event_summary_columns")},
                     {"above", to.parameter(std::to_string(highest_))},
                     {"limit", to.parameter(std::to_string(max_rows))}}
          );
        }
    );
    if (!result.ok()) return result.failure;
    for (const auto& row : result.rows) {
      const auto id = std::stoll(row[1].value_or("0"));
      add_gap(id);
      highest_ = id;
      add(row, out);
    }
    if (result.rows.size() < max_rows) break;
  }
  return std::nullopt;
}

std::optional<database_failure> event_follower::poll_gaps(followed_events& out) {
  const auto now = clock::now();
  std::erase_if(gaps_, [&](const auto& gap) { return gap.second < now; });
  if (gaps_.empty()) return std::nullopt;
  const auto ids = array_literal(gaps_, [](const auto& gap) { return std::to_string(gap.first); });
  const auto result = query(
      "admin/follow_events_by_id",
      [&](const char* name, sql_condition& to, const auto& filter, const auto& states) {
        return sql::compose(
            name, {{"states", states},
                   {"filter", filter},
                   {"columns", sql::query("admin/event_summary_columns")},
                   {"ids", to.parameter(ids)}}
        );
      }
  );
  for (const auto& row : result.rows) {
    gaps_.erase(std::stoll(row[1].value_or("0")));
    add(row, out);
  }
  return result.failure;
}

std::optional<database_failure> event_follower::poll_watched(followed_events& out) {
  if (watched_.empty()) return std::nullopt;
  const auto ids =
      array_literal(watched_, [](const auto& row) { return std::to_string(row.first); });
  const auto states_before =
      array_literal(watched_, [](const auto& row) { return row.second.state; });
  const auto attempts_before =
      array_literal(watched_, [](const auto& row) { return std::to_string(row.second.attempts); });
  const auto result = query(
      "admin/follow_changed_events",
      [&](const char* name, sql_condition& to, const auto& filter, const auto& states) {
        return sql::compose(
            name, {{"states", states},
                   {"filter", filter},
                   {"columns", sql::query("admin/event_summary_columns")},
                   {"ids", to.parameter(ids)},
                   {"old_states", to.parameter(states_before)},
                   {"old_attempts", to.parameter(attempts_before)}}
        );
      }
  );
  for (const auto& row : result.rows) {
    const auto id = std::stoll(row[1].value_or("0"));
    const auto before = watched_[id];
    watched_.erase(id);
    const auto count = out.events.size();
    add(row, out);
    // A replay makes an event retrying, which is not an outcome.
    const auto now = watched_.find(id);
    const bool waits = now != watched_.end() && now->second.state == "retrying";
    if (waits && now->second.attempts <= before.attempts) out.events.resize(count);
  }
  return result.failure;
}

std::optional<database_failure> event_follower::update_watched() {
  const auto result =
      db_.query(sql::query("admin/list_watched_events"), {std::to_string(max_rows)});
  if (!result.ok()) return result.failure;
  std::map<std::int64_t, seen_row> now;
  for (const auto& row : result.rows) {
    const auto id = std::stoll(row[0].value_or("0"));
    // Keeps the state last returned, so that a change between two statements is not lost. New rows
    // are found by their number.
    const auto before = watched_.find(id);
    now[id] = before != watched_.end()
                  ? before->second
                  : seen_row{row[1].value_or(""), std::stoi(row[2].value_or("0"))};
  }
  watched_ = std::move(now);
  return std::nullopt;
}

}  // namespace trunkline::admin
