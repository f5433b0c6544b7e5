// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_list.hpp"

#include <algorithm>

#include "admin/events/event_time.hpp"

namespace trunkline::admin {

const char* const summary_columns =
    "e.id, e.event_id, e.event_type, e.state, e.error_message, e.sqlstate, e.attempts, "
    "e.received_at, "
    "e.next_attempt_at, e.finished_at, e.activity_id";

namespace {

using clock = std::chrono::steady_clock;

// A page's worth at first, so that a list without a filter reads little; a filter that leaves much
// out gets longer steps.
constexpr std::int64_t longest_step = 20000;

// Where the walk stands: below this row.
struct place {
  std::string received_us, id;
};

class walk {
 public:
  walk(database& db, const event_filter& filter, sql_condition where, const walk_limits& limits)
      : db_(db), filter_(filter), where_(std::move(where)), limits_(limits) {}

  event_page run() {
    const auto end = clock::now() + limits_.time;
    if (limits_.before && !stand_below(*limits_.before)) return page_;
    for (std::int64_t step = limits_.events + 1;; step = std::min(step * 8, longest_step)) {
      const auto start = clock::now();
      const auto answer = db_.query(statement(step), parameters());
      if (!answer.ok()) {
        page_.failure = answer.failure;
        return page_;
      }
      if (take(answer, step)) return page_;
      const auto now = clock::now();
      // The next step may take eight times as long.
      if (now + (now - start) * 2 > end) return out_of_time();
    }
  }

 private:
  bool stand_below(std::int64_t id) {
    const auto row = db_.query(
        "select (extract(epoch from received_at) * 1000000)::bigint from webhook_events where id = "
        "$1::bigint",
        {std::to_string(id)}
    );
    page_.failure = row.failure;
    if (row.ok() && row.rows.empty())
      page_.failure =
          database_failure{false, "", "--before: there is no event " + std::to_string(id)};
    if (page_.failure) return false;
    at_ = place{row.rows[0][0].value_or("0"), std::to_string(id)};
    return true;
  }

  // Times, and the place as last known: what bounds the scan itself.
  std::string bounds() const {
    std::string sql = "true";
    const auto n = where_.parameters().size();
    const auto name = [&](std::size_t i) { return "$" + std::to_string(n + i); };
    sql += " and e.received_at >= tl_time(" + name(1) + "::bigint) and e.received_at < tl_time(" +
           name(2) + "::bigint)";
    if (at_)
      sql += " and e.received_at <= tl_time(" + name(3) +
             "::bigint) and (e.received_at, e.id) < "
             "(tl_time(" +
             name(3) + "::bigint), " + name(4) + "::bigint)";
    return sql;
  }

  std::vector<std::string> parameters() const {
    constexpr std::int64_t last_year = 253370764800000;  // 9999, in milliseconds
    auto all = where_.parameters();
    all.push_back(std::to_string(filter_.from_ms.value_or(0) * 1000));
    all.push_back(std::to_string(filter_.to_ms.value_or(last_year) * 1000));
    if (at_) all.insert(all.end(), {at_->received_us, at_->id});
    return all;
  }

  // A state as a constant: only then does the planner see that the partial index serves it.
  std::string source(const std::string& state, std::int64_t step) const {
    return "(select " + std::string(summary_columns) + ", (" + where_.sql() +
           ") as fits from webhook_events e where " +
           (state.empty() ? "" : "e.state = '" + state + "' and ") + bounds() +
           " order by e.received_at desc, e.id desc limit " + std::to_string(step) + ")";
  }

  std::string statement(std::int64_t step) const {
    std::string sources;
    if (filter_.only_waiting_or_dead()) {
      for (const auto& state : filter_.states)
        sources += (sources.empty() ? "" : " union all ") + source(state, step);
    } else {
      sources = source("", step);
    }
    std::string fits = "e.fits";
    if (!filter_.states.empty()) {
      std::string list;
      for (const auto& state : filter_.states) list += (list.empty() ? "'" : ", '") + state + "'";
      fits += " and e.state in (" + list + ")";
    }
    const std::string end_columns =
        "e.id, (extract(epoch from e.received_at) * 1000000)::bigint::text, (select count(*) from "
        "seen)::text, " +
        time_text("e.received_at");
    return "with seen as materialized (select * from (" + sources +
           ") all_of order by received_at desc, id desc limit " + std::to_string(step) +
           "), fitting as (select e.* from seen e where " + fits +
           " order by e.received_at desc, e.id desc limit " +
           std::to_string(static_cast<std::size_t>(limits_.events) + 1 - page_.events.size()) +
           ") select * from (select true as is_event, e.received_at as sort_at, " +
           shown_columns() + " from fitting e union all (select false, '-infinity', " +
           end_columns +
           ", null, null, null, null, null, null, null from seen e order by e.received_at, e.id "
           "limit "
           "1)) both_of order by sort_at desc, id desc";
  }

  static std::string shown_columns() {
    return "e.id, e.event_id, e.event_type, e.state, e.error_message, e.sqlstate, e.attempts, " +
           time_text("e.received_at") + ", " + time_text("e.next_attempt_at") + ", " +
           time_text("e.finished_at") + ", e.activity_id";
  }

  // True: the page is done.
  bool take(const query_result& answer, std::int64_t step) {
    std::int64_t seen = 0;
    for (const auto& row : answer.rows) {
      if (row[0] == "t") {
        page_.events.push_back(read_summary(row, 2));
      } else {
        at_ = place{row[3].value_or("0"), row[2].value_or("0")};
        seen = std::stoll(row[4].value_or("0"));
        back_to_ = row[5].value_or("");
      }
    }
    const auto most = static_cast<std::size_t>(limits_.events);
    if (page_.events.size() > most) {
      page_.events.resize(most);
      page_.next = page_.events.back().id;
      return true;
    }
    return seen < step;
  }

  event_page out_of_time() {
    page_.next = std::stoll(at_->id);
    page_.searched_back = back_to_;
    return page_;
  }

  database& db_;
  const event_filter& filter_;
  sql_condition where_;
  walk_limits limits_;
  std::optional<place> at_;
  std::string back_to_;
  event_page page_;
};

}  // namespace

event_summary read_summary(const database_row& row, std::size_t at) {
  event_summary out;
  out.id = std::stoll(row[at].value_or("0"));
  out.event_id = row[at + 1].value_or("");
  out.event_type = row[at + 2].value_or("");
  out.state = row[at + 3].value_or("");
  out.reason = row[at + 4];
  out.sqlstate = row[at + 5];
  out.attempts = std::stoi(row[at + 6].value_or("0"));
  out.received_at = row[at + 7].value_or("");
  out.next_attempt_at = row[at + 8];
  out.finished_at = row[at + 9];
  out.outcome_at = out.finished_at;
  out.activity_id = row[at + 10];
  return out;
}

json_object to_json(const event_summary& event) {
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

event_page list_events(database& db, const event_filter& filter, const walk_limits& limits) {
  sql_condition where;
  if (auto failure = add_conditions(db, filter, where)) return {{}, {}, {}, std::move(failure)};
  return list_events(db, filter, std::move(where), limits);
}

event_page list_events(
    database& db, const event_filter& filter, sql_condition where, const walk_limits& limits
) {
  return walk(db, filter, std::move(where), limits).run();
}

}  // namespace trunkline::admin
