// SPDX-License-Identifier: Apache-2.0
#include "admin/stats/stats_walk.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "admin/stats/stats_readers.hpp"

namespace trunkline::admin {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int64_t first_step = 500, longest_step = 100000;
constexpr milliseconds wanted{150};  // for a slice

// Microseconds of a timestamp.
std::string micros(const std::string& time) {
  return "(extract(epoch from " + time + ") * 1000000)::bigint";
}

std::string group_of(bool by_hour, const std::string& time, const std::string& type) {
  return by_hour ? "date_bin('1 hour', " + time + ", '2000-01-01Z')"
                 : "coalesce(nullif(" + type + ", ''), '(none)')";
}

std::string name_of(bool by_hour) {
  return by_hour ? "(extract(epoch from name) / 60)::bigint::text" : "name";
}

// Three digits, and no less than a millisecond. What an import brought was not received here: it
// took no time.
const std::string milliseconds_taken =
    "case when state not in ('processed', 'ignored') or entry_id like 'import-%' then null else "
    "greatest(0, 1000 * date_part('epoch', finished_at - received_at)) end";
const std::string rounded =
    "case when ms < 1000 then round(ms) else round(ms / power(10, floor(log(ms)) - 2)) * power(10, "
    "floor(log(ms)) - 2) end";

// Where the walk stands: below this row.
struct place {
  std::string key, id;
};

std::string events_slice(bool by_hour, std::int64_t step, const std::optional<place>& at) {
  std::string sql =
      "with slice as materialized (select id, received_at, event_type, state, finished_at, "
      "entry_id from webhook_events where received_at >= tl_time($1::bigint) and received_at <= "
      "tl_time($2::bigint)";
  if (at) sql += " and (received_at, id) < (tl_time($2::bigint), $3::bigint)";
  sql += " order by received_at desc, id desc limit " + std::to_string(step) +
         "), timed as materialized (select " + group_of(by_hour, "received_at", "event_type") +
         " as name, state, " + milliseconds_taken +
         " as ms from slice), grouped as (select name, state, " + rounded +
         " as ms, count(*) as n from timed group by 1, 2, 3) "
         "select " +
         name_of(by_hour) +
         ", state, ms::text, n from grouped union all "
         "(select null, " +
         micros("received_at") +
         "::text, id::text, (select count(*) from slice) from slice order by slice.received_at, "
         "slice.id limit "
         "1)";
  return sql;
}

// entry_id begins with the milliseconds at which Redis took it: so the primary key bounds the scan,
// with an hour to spare.
std::string copies_slice(bool by_hour, std::int64_t step, const std::optional<place>& at) {
  std::string sql =
      "with slice as materialized (select entry_id, event_key, received_at from event_copies "
      "where entry_id >= ($1::bigint / 1000 - 3600000)::text";
  sql += at ? " and entry_id < $3" : " and $3::text is not null";
  sql += " order by entry_id desc limit " + std::to_string(step) + "), grouped as (select " +
         group_of(by_hour, "c.received_at", "e.event_type") +
         " as name, count(*) as n from slice c " +
         (by_hour ? "" : "left join webhook_events e using (event_key) ") +
         "where c.received_at between tl_time($1::bigint) and tl_time($2::bigint) group by 1) "
         "select " +
         name_of(by_hour) +
         ", 'copy', null, n from grouped union all "
         "(select null, " +
         micros("received_at") +
         "::text, entry_id, (select count(*) from slice) from slice order by entry_id limit 1)";
  return sql;
}

void add(
    stats_row& row, const std::string& state, const std::optional<std::string>& ms, std::int64_t n
) {
  if (state == "copy") {
    row.duplicates += n;
    return;
  }
  row.events += n;
  if (state == "processed") row.processed += n;
  if (state == "ignored") row.ignored += n;
  if (state == "retrying") row.retrying += n;
  if (state == "dead") row.dead += n;
  if (ms) row.took.add(std::strtod(ms->c_str(), nullptr), n);
}

stats_row& row_named(stats_report& report, const std::string& group) {
  const auto name = report.by_hour ? hour_name(std::atoll(group.c_str())) : group;
  const auto at = std::lower_bound(
      report.rows.begin(), report.rows.end(), name,
      [](const stats_row& row, const std::string& other) { return row.name < other; }
  );
  if (at != report.rows.end() && at->name == name) return *at;
  stats_row fresh;
  fresh.name = name;
  return *report.rows.insert(at, std::move(fresh));
}

// As long as the last slice took, the next one may be: until the time is up.
std::int64_t next_step(std::int64_t step, clock::duration time) {
  const auto ms = std::max<std::int64_t>(1, std::chrono::duration_cast<milliseconds>(time).count());
  return std::clamp(std::min(step * 4, step * wanted.count() / ms), first_step / 5, longest_step);
}

using slice_text = std::string (*)(bool, std::int64_t, const std::optional<place>&);

// by_time: the place is a time and an id; else the id alone.
walk_end walk(
    database& db, const walk_range& range, stats_report& report, slice_text slice, bool by_time
) {
  walk_end out;
  std::optional<place> at;
  for (std::int64_t step = first_step;;) {
    const auto began = clock::now();
    std::vector<std::string> values{range.from_us, at && by_time ? at->key : range.to_us};
    if (at)
      values.push_back(at->id);
    else if (!by_time)
      values.emplace_back();
    const auto answer = db.query(slice(report.by_hour, step, at), values);
    if (!answer.ok()) {
      // What is counted by then is something.
      if (at && answer.failure->sqlstate == "57014")
        out.cut_us = at->key;
      else
        out.failure = answer.failure;
      return out;
    }
    std::int64_t seen = 0;
    for (const auto& row : answer.rows)
      if (row[0]) {
        add(row_named(report, *row[0]), row[1].value_or(""), row[2],
            std::stoll(row[3].value_or("0")));
      } else {
        at = place{row[1].value_or("0"), row[2].value_or("")};
        seen = std::stoll(row[3].value_or("0"));
      }
    if (seen < step) return out;
    const auto now = clock::now();
    step = next_step(step, now - began);
    if (now + wanted < range.end) continue;
    out.cut_us = at->key;
    return out;
  }
}

}  // namespace

walk_end count_events(database& db, const walk_range& range, stats_report& report) {
  return walk(db, range, report, events_slice, true);
}

walk_end count_copies(database& db, const walk_range& range, stats_report& report) {
  return walk(db, range, report, copies_slice, false);
}

}  // namespace trunkline::admin
