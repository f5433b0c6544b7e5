// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "admin/deadline_task.hpp"
#include "admin/stats/stats_readers.hpp"
#include "common/text/units.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds statement{1500}, deadline{1900}, redis_budget{1200};

struct postgres_part {
  std::optional<database_failure> failure;
  stats_report report;
  minute_counters recent;
};

postgres_part read_postgres_part(
    const config::common_options& options, milliseconds since, bool by_hour
) {
  postgres_part out;
  out.report.by_hour = by_hour;
  database db(
      options.postgres, config::make_logger("stats", options),
      {.connect = statement, .lock = milliseconds(500), .statement = statement}
  );
  out.failure = read_stats_postgres(db, since, out.report, out.recent);
  return out;
}

// A counter only grows, so that the larger value is the newer one.
void join(minute_counters& into, const minute_counters& other) {
  for (const auto& [minute, counters] : other)
    for (const auto& [name, count] : counters) {
      auto& known = into[minute][name];
      known = std::max(known, count);
    }
}

void add_recent(stats_report& report, const minute_counters& recent) {
  for (const auto& [minute, counters] : recent) {
    if (minute < report.first_minute) continue;
    for (const auto& [name, count] : counters) {
      report.gateways.add(name, count);
      report.gateway_hours[hour_name(minute)].add(name, count);
    }
  }
}

// An hour in which every request was rejected has counters and no events.
void add_hours_without_events(stats_report& report) {
  for (const auto& [hour, counters] : report.gateway_hours)
    if (std::none_of(report.rows.begin(), report.rows.end(), [&name = hour](const auto& row) {
          return row.name == name;
        })) {
      stats_row empty;
      empty.name = hour;
      empty.at_least = hour < report.counted_since;
      report.rows.push_back(empty);
    }
  std::sort(report.rows.begin(), report.rows.end(), [](const auto& a, const auto& b) {
    return a.name < b.name;
  });
}

}  // namespace

stats_result read_stats(const config::common_options& options, milliseconds since, bool by_hour) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  deadline_task<postgres_part> postgres([options, since, by_hour] {
    return read_postgres_part(options, since, by_hour);
  });
  deadline_task<redis_counters> redis([options] { return read_stats_redis(options, redis_budget); }
  );
  auto rows = postgres.wait_until(end);
  if (!rows) return {{}, database_failure{true, "", "no response within 2 s"}};
  if (rows->failure) return {{}, rows->failure};
  auto& report = rows->report;
  const auto counters = redis.wait_until(end).value_or(redis_counters{
      {}, "Redis is unreachable: no response within " + format_duration(deadline)});
  if (!counters.problem.empty()) {
    report.unknown.push_back(counters.problem);
    report.gateways.at_least = true;  // counters that are not rolled up yet are missing
  }
  join(rows->recent, counters.minutes);
  add_recent(report, rows->recent);
  if (report.by_hour) add_hours_without_events(report);
  return {std::move(report), std::nullopt};
}

}  // namespace trunkline::admin
