// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_list.hpp"

#include <algorithm>

#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

using clock = std::chrono::steady_clock;

// The first step has the size of a page, so that a list without a filter reads little. A selective
// filter gets longer steps.
constexpr std::int64_t max_step = 20000;
constexpr std::int64_t year_9999_ms = 253370764800000;

struct list_position {
  std::string received_us, id;
};

class event_lister {
 public:
  event_lister(
      database& db, const event_filter& filter, sql_condition where, const list_limits& limits
  )
      : db_(db), filter_(filter), where_(std::move(where)), limits_(limits) {}

  event_page run() {
    const auto end = clock::now() + limits_.time;
    if (limits_.before && !start_below(*limits_.before)) return page_;
    for (std::int64_t step = limits_.events + 1;; step = std::min(step * 8, max_step)) {
      const auto start = clock::now();
      const auto result = run_step(step);
      if (!result.ok()) {
        page_.failure = result.failure;
        return page_;
      }
      if (add_rows(result, step)) return page_;
      const auto now = clock::now();
      // The next step may take eight times as long.
      if (now + (now - start) * 2 > end) return out_of_time();
    }
  }

 private:
  bool start_below(std::int64_t id) {
    const auto row = db_.query(sql::query("admin/event_position"), {std::to_string(id)});
    page_.failure = row.failure;
    if (row.ok() && row.rows.empty())
      page_.failure =
          database_failure{false, "", "--before: there is no event " + std::to_string(id)};
    if (page_.failure) return false;
    position_ = list_position{row.rows[0][0].value_or("0"), std::to_string(id)};
    return true;
  }

  // Adds the times and the position: they bound the index scan itself.
  std::string bounds(sql_condition& statement) const {
    sql_condition out;
    const auto time = [&](std::int64_t ms) {
      return sql::compose(
          "admin/filter/time_at", {{"microseconds", statement.parameter(std::to_string(ms * 1000))}}
      );
    };
    out.require(sql::compose(
        "admin/filter/received_after", {{"time", time(filter_.received_after_ms.value_or(0))}}
    ));
    out.require(sql::compose(
        "admin/filter/received_before",
        {{"time", time(filter_.received_before_ms.value_or(year_9999_ms))}}
    ));
    if (position_)
      out.require(sql::compose(
          "admin/filter/below_event",
          {{"microseconds", statement.parameter(position_->received_us)},
           {"id", statement.parameter(position_->id)}}
      ));
    return out.sql();
  }

  // A condition on one state, if any, is a constant in the statement: the planner must see that the
  // partial index of that state applies.
  std::string step_sql(const char* state, const std::string& bounds, const std::string& rows)
      const {
    const auto all = state == nullptr ? bounds : std::string(sql::query(state)) + " and " + bounds;
    return sql::compose(
        "admin/list_events_step", {{"filter", where_.sql()}, {"bounds", all}, {"rows", rows}}
    );
  }

  query_result run_step(std::int64_t step) {
    auto statement = where_;
    const auto rows = statement.parameter(std::to_string(step));
    const auto limit = statement.parameter(
        std::to_string(static_cast<std::size_t>(limits_.events) + 1 - page_.events.size())
    );
    const auto within = bounds(statement);
    std::string steps;
    if (filter_.only_unfinished_or_dead()) {
      for (const auto& state : filter_.states) {
        if (!steps.empty()) steps += sql::query("admin/union_all");
        steps += step_sql(
            state == "dead" ? "admin/filter/is_dead" : "admin/filter/is_retrying", within, rows
        );
      }
    } else {
      steps = step_sql(nullptr, within, rows);
    }
    const auto in_states = states(statement);
    return db_.query(
        sql::compose(
            "admin/list_events", {{"steps", steps},
                                  {"rows", rows},
                                  {"limit", limit},
                                  {"states", in_states},
                                  {"columns", sql::query("admin/event_summary_columns")}}
        ),
        statement.parameters()
    );
  }

  std::string states(sql_condition& statement) const {
    if (filter_.states.empty()) return sql_condition().sql();
    std::string array = "{";
    for (const auto& state : filter_.states) array += (array.size() > 1 ? "," : "") + state;
    return sql::compose("admin/filter/in_states", {{"states", statement.parameter(array + "}")}});
  }

  // Returns true if the page is complete.
  bool add_rows(const query_result& result, std::int64_t step) {
    std::int64_t examined = 0;
    for (const auto& row : result.rows) {
      if (row[0] == "t") {
        page_.events.push_back(read_summary(row, 2));
      } else {
        position_ = list_position{row[3].value_or("0"), row[2].value_or("0")};
        examined = std::stoll(row[4].value_or("0"));
        reached_ = row[5].value_or("");
      }
    }
    const auto max_events = static_cast<std::size_t>(limits_.events);
    if (page_.events.size() > max_events) {
      page_.events.resize(max_events);
      page_.next = page_.events.back().id;
      return true;
    }
    return examined < step;
  }

  event_page out_of_time() {
    page_.next = std::stoll(position_->id);
    page_.searched_back = reached_;
    return page_;
  }

  database& db_;
  const event_filter& filter_;
  sql_condition where_;
  list_limits limits_;
  std::optional<list_position> position_;
  std::string reached_;
  event_page page_;
};

}  // namespace

event_summary read_summary(const database_row& row, std::size_t first) {
  event_summary out;
  out.id = std::stoll(row[first].value_or("0"));
  out.event_id = row[first + 1].value_or("");
  out.event_type = row[first + 2].value_or("");
  out.state = row[first + 3].value_or("");
  out.reason = row[first + 4];
  out.sqlstate = row[first + 5];
  out.attempts = std::stoi(row[first + 6].value_or("0"));
  out.received_at = row[first + 7].value_or("");
  out.next_attempt_at = row[first + 8];
  out.finished_at = row[first + 9];
  out.outcome_at = out.finished_at;
  out.activity_id = row[first + 10];
  return out;
}

json_object as_json(const event_summary& event) {
  return json_object()
      .number("id", event.id)
      .text("state", event.state)
      .text("event_type", event.event_type)
      .text("event_id", event.event_id)
      .text("activity_id", event.activity_id)
      .text("reason", event.reason)
      .text("sqlstate", event.sqlstate)
      .number("attempts", event.attempts)
      .text("received_at", event.received_at)
      .text("next_attempt_at", event.next_attempt_at)
      .text("finished_at", event.finished_at);
}

json_object as_json(const event_page& page) {
  std::vector<json_object> events;
  for (const auto& event : page.events) events.push_back(as_json(event));
  return json_object()
      .list("events", events)
      .number("next", page.next)
      .text("searched_back", page.searched_back);
}

event_page list_events(database& db, const event_filter& filter, const list_limits& limits) {
  sql_condition where;
  if (auto failure = add_conditions(db, filter, where)) return {{}, {}, {}, std::move(failure)};
  return list_events(db, filter, std::move(where), limits);
}

event_page list_events(
    database& db, const event_filter& filter, const std::string& id, const list_limits& limits
) {
  sql_condition where;
  if (auto failure = add_conditions(db, filter, where)) return {{}, {}, {}, std::move(failure)};
  where.require(sql::compose("admin/filter/by_any_id", {{"id", where.parameter(id)}}));
  return list_events(db, filter, std::move(where), limits);
}

event_page list_events(
    database& db, const event_filter& filter, sql_condition where, const list_limits& limits
) {
  return event_lister(db, filter, std::move(where), limits).run();
}

}  // namespace trunkline::admin
