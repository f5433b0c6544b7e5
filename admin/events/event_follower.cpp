// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_follower.hpp"

#include <algorithm>

#include "admin/events/event_time.hpp"

namespace trunkline::admin {
namespace {

constexpr int at_once = 1000;
// Longer than a worker's transaction may take.
constexpr std::chrono::seconds gap_lasts{20};
constexpr std::size_t most_gaps = 20000;

std::string columns() {
  return "e.id, e.event_id, e.event_type, e.state, e.error_message, e.sqlstate, e.attempts, " +
         time_text("e.received_at") + ", " + time_text("e.next_attempt_at") + ", " +
         time_text("e.finished_at") + ", e.activity_id, " + time_text("now()");
}

template <class Map, class Text>
std::string array_of(const Map& from, const Text& text) {
  std::string out = "{";
  for (const auto& each : from) out += (out.size() > 1 ? "," : "") + text(each);
  return out + "}";
}

std::string states_condition(const event_filter& filter) {
  std::string list;
  for (const auto& state : filter.states) list += (list.empty() ? "'" : ", '") + state + "'";
  return list.empty() ? "true" : "e.state in (" + list + ")";
}

}  // namespace

std::string event_follower::select(const std::string& source, const sql_condition& where) const {
  return "select (" + states_condition(filter_) + " and coalesce(" + where.sql() + ", false)), " +
         columns() + " " + source;
}

followed event_follower::start(int last) {
  followed out;
  const auto top = db_.query("select coalesce(max(id), 0) from webhook_events");
  out.failure = top.failure;
  if (out.failure) return out;
  highest_ = std::stoll(top.rows[0][0].value_or("0"));
  if (last > 0) {
    auto page = list_events(db_, filter_, {.events = last, .before = {}});
    std::reverse(page.events.begin(), page.events.end());
    // What came between the two questions is new, and comes below.
    for (auto& event : page.events)
      if (event.id <= highest_) out.events.push_back(std::move(event));
    out.failure = page.failure;
  }
  if (!out.failure) out.failure = watch();
  return out;
}

followed event_follower::look() {
  followed out;
  out.failure = look_into_gaps(out);
  if (!out.failure) out.failure = look_above(out);
  if (!out.failure) out.failure = look_at_watched(out);
  if (!out.failure) out.failure = watch();
  return out;
}

void event_follower::take(const database_row& row, followed& out) {
  auto event = read_summary(row, 1);
  if (!event.outcome_at) event.outcome_at = row[1 + summary_width];
  if (event.state == "retrying" || event.state == "dead")
    watched_[event.id] = {event.state, event.attempts};
  if (row[0] == "t") out.events.push_back(std::move(event));
}

void event_follower::note_gap(std::int64_t below) {
  const auto until = clock::now() + gap_lasts;
  // Above a long gap nothing is missing: numbers were skipped (a restart of the server, a restore).
  for (auto id = std::max(highest_ + 1, below - 2000); id < below && gaps_.size() < most_gaps; ++id)
    gaps_.emplace(id, until);
}

std::optional<database_failure> event_follower::look_above(followed& out) {
  for (int round = 0; round < 20; ++round) {  // the rest at the next look
    sql_condition where;
    if (auto failure = add_conditions(db_, filter_, where)) return failure;
    const auto above = where.parameter(std::to_string(highest_));
    const auto answer = db_.query(
        select(
            "from webhook_events e where e.id > " + above + "::bigint order by e.id limit " +
                std::to_string(at_once),
            where
        ),
        where.parameters()
    );
    if (!answer.ok()) return answer.failure;
    for (const auto& row : answer.rows) {
      const auto id = std::stoll(row[1].value_or("0"));
      note_gap(id);
      highest_ = id;
      take(row, out);
    }
    if (answer.rows.size() < static_cast<std::size_t>(at_once)) break;
  }
  return std::nullopt;
}

std::optional<database_failure> event_follower::look_into_gaps(followed& out) {
  const auto now = clock::now();
  std::erase_if(gaps_, [&](const auto& gap) { return gap.second < now; });
  if (gaps_.empty()) return std::nullopt;
  sql_condition where;
  if (auto failure = add_conditions(db_, filter_, where)) return failure;
  const auto ids =
      where.parameter(array_of(gaps_, [](const auto& gap) { return std::to_string(gap.first); }));
  const auto answer = db_.query(
      select("from webhook_events e where e.id = any(" + ids + "::bigint[]) order by e.id", where),
      where.parameters()
  );
  for (const auto& row : answer.rows) {
    gaps_.erase(std::stoll(row[1].value_or("0")));
    take(row, out);
  }
  return answer.failure;
}

std::optional<database_failure> event_follower::look_at_watched(followed& out) {
  if (watched_.empty()) return std::nullopt;
  sql_condition where;
  if (auto failure = add_conditions(db_, filter_, where)) return failure;
  const auto ids =
      where.parameter(array_of(watched_, [](const auto& row) { return std::to_string(row.first); })
      );
  const auto states =
      where.parameter(array_of(watched_, [](const auto& row) { return row.second.state; }));
  const auto attempts = where.parameter(array_of(watched_, [](const auto& row) {
    return std::to_string(row.second.attempts);
  }));
  const auto answer = db_.query(
      select(
          "from unnest(" + ids + "::bigint[], " + states + "::text[], " + attempts +
              "::integer[]) w (id, state, attempts) join webhook_events e using (id) where e.state "
              "<> "
              "w.state or e.attempts <> w.attempts order by coalesce(e.finished_at, now()), e.id",
          where
      ),
      where.parameters()
  );
  for (const auto& row : answer.rows) {
    const auto id = std::stoll(row[1].value_or("0"));
    const auto before = watched_[id];
    watched_.erase(id);
    const auto count = out.events.size();
    take(row, out);
    // Taken up again (a replay) is no outcome yet.
    const auto now = watched_.find(id);
    const bool waits = now != watched_.end() && now->second.state == "retrying";
    if (waits && now->second.attempts <= before.attempts) out.events.resize(count);
  }
  return answer.failure;
}

std::optional<database_failure> event_follower::watch() {
  const std::string most = std::to_string(at_once);
  const auto answer = db_.query(
      "(select id, state, attempts from webhook_events where state = 'retrying' order by "
      "next_attempt_at limit " +
      most +
      ") union all (select id, state, attempts from webhook_events where state = 'dead' order by "
      "finished_at desc, id desc limit " +
      most + ")"
  );
  if (!answer.ok()) return answer.failure;
  std::map<std::int64_t, seen_row> now;
  for (const auto& row : answer.rows) {
    const auto id = std::stoll(row[0].value_or("0"));
    // As last seen, so that a change between two questions is not lost; new rows come by number.
    const auto before = watched_.find(id);
    now[id] = before != watched_.end()
                  ? before->second
                  : seen_row{row[1].value_or(""), std::stoi(row[2].value_or("0"))};
  }
  watched_ = std::move(now);
  return std::nullopt;
}

}  // namespace trunkline::admin
