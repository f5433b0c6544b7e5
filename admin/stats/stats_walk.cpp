// SPDX-License-Identifier: Apache-2.0
#include "admin/stats/stats_walk.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "admin/stats/stats_readers.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int64_t first_step = 500, max_step = 100000;
constexpr milliseconds slice_time{150};  // that the size of a slice aims at

// Position of a walk: the next slice lies below this row.
struct position {
  std::string us, id;
};

std::string events_statement(bool by_hour) {
  return by_hour ? sql::compose(
                       "admin/stats/events_slice", {{"group", sql::query("admin/stats/hour")},
                                                    {"name", sql::query("admin/stats/hour_name")}}
                   )
                 : sql::compose(
                       "admin/stats/events_slice",
                       {{"group", sql::query("admin/stats/type")}, {"name", "name"}}
                   );
}

std::string copies_statement(bool by_hour) {
  return by_hour
             ? sql::compose(
                   "admin/stats/copies_slice", {{"group", sql::query("admin/stats/hour")},
                                                {"name", sql::query("admin/stats/hour_name")},
                                                {"join", ""}}
               )
             : sql::compose(
                   "admin/stats/copies_slice", {{"group", sql::query("admin/stats/type")},
                                                {"name", "name"},
                                                {"join", sql::query("admin/stats/type_of_copy")}}
               );
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

// Returns the row of a group, which it creates if there is none.
stats_row& row_named(stats_report& report, const std::string& group) {
  const auto name = report.by_hour ? hour_name(std::atoll(group.c_str())) : group;
  const auto at = std::lower_bound(
      report.rows.begin(), report.rows.end(), name,
      [](const stats_row& row, const std::string& other) { return row.name < other; }
  );
  if (at != report.rows.end() && at->name == name) return *at;
  stats_row row;
  row.name = name;
  return *report.rows.insert(at, std::move(row));
}

// Returns the size of the next slice, so that it takes about slice_time.
std::int64_t next_step(std::int64_t step, clock::duration time) {
  const auto ms = std::max<std::int64_t>(1, std::chrono::duration_cast<milliseconds>(time).count());
  return std::clamp(std::min(step * 4, step * slice_time.count() / ms), first_step / 5, max_step);
}

// Parameters of a slice: its range, its size and its position.
using slice_parameters =
    std::vector<std::string> (*)(const walk_range&, std::int64_t, const std::optional<position>&);

std::vector<std::string> events_parameters(
    const walk_range& range, std::int64_t step, const std::optional<position>& at
) {
  constexpr auto max_id = std::numeric_limits<std::int64_t>::max();
  return {
      range.from_us, at ? at->us : range.to_us, std::to_string(step),
      at ? at->id : std::to_string(max_id)};
}

std::vector<std::string> copies_parameters(
    const walk_range& range, std::int64_t step, const std::optional<position>& at
) {
  return {range.from_us, range.to_us, std::to_string(step), at ? at->id : ""};
}

walk_end walk(
    database& db, const walk_range& range, stats_report& report, const std::string& statement,
    slice_parameters parameters
) {
  walk_end out;
  std::optional<position> at;
  for (std::int64_t step = first_step;;) {
    const auto start = clock::now();
    const auto result = db.query(statement, parameters(range, step, at));
    if (!result.ok()) {
      // A slice that times out ends the walk; what was counted before is valid.
      if (at && result.failure->sqlstate == "57014")
        out.cut_us = at->us;
      else
        out.failure = result.failure;
      return out;
    }
    std::int64_t seen = 0;
    for (const auto& row : result.rows)
      if (row[0]) {
        add(row_named(report, *row[0]), row[1].value_or(""), row[2],
            std::stoll(row[3].value_or("0")));
      } else {
        at = position{row[1].value_or("0"), row[2].value_or("")};
        seen = std::stoll(row[3].value_or("0"));
      }
    if (seen < step) return out;
    const auto now = clock::now();
    step = next_step(step, now - start);
    if (now + slice_time < range.end) continue;
    out.cut_us = at->us;
    return out;
  }
}

}  // namespace

walk_end count_events(database& db, const walk_range& range, stats_report& report) {
  return walk(db, range, report, events_statement(report.by_hour), events_parameters);
}

walk_end count_copies(database& db, const walk_range& range, stats_report& report) {
  return walk(db, range, report, copies_statement(report.by_hour), copies_parameters);
}

}  // namespace trunkline::admin
