// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <ctime>

#include "admin/stats/stats_readers.hpp"
#include "admin/stats/stats_walk.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::milliseconds;

// Time for counting; copies may use what events leave, and this much more.
constexpr milliseconds for_events{1000}, for_copies{250};

std::int64_t number(const std::optional<std::string>& text) {
  return text ? std::stoll(*text) : 0;
}

void read_rolled_up(
    database& db, const std::string& since, stats_report& report, minute_counters& recent
) {
  const auto result = db.query(std::string(sql::query("admin/stats/rolled_up_counters")), {since});
  if (!result.ok()) {
    report.gateways.at_least = true;
    report.unknown.push_back("rolled up counters of the gateways: " + describe(*result.failure));
    return;
  }
  for (const auto& row : result.rows) {
    const auto& name = *row[2];
    if (row[0]) {
      recent[std::stoll(*row[0])][name] = number(row[3]);
    } else {
      report.gateways.add(name, number(row[3]));
      report.gateway_hours[hour_name(number(row[1]))].add(name, number(row[3]));
    }
  }
}

std::string format_time(std::int64_t seconds, const char* format) {
  const std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, format, &parts);
  return text;
}

std::string iso(const std::string& us) {
  return format_time(std::stoll(us) / 1000000, "%Y-%m-%dT%H:%M:%SZ");
}

// Marks the rows that may lack events older than the cut.
void mark_cut(stats_report& report, const std::string& cut_us) {
  if (cut_us.empty()) return;
  report.counted_since = std::max(report.counted_since, iso(cut_us));
  report.total.at_least = true;
  const auto hour = hour_name(std::stoll(cut_us) / 60000000);
  for (auto& row : report.rows) row.at_least = row.at_least || !report.by_hour || row.name <= hour;
}

}  // namespace

std::string hour_name(std::int64_t minute) {
  return format_time(minute * 60, "%Y-%m-%dT%H:00:00Z");
}

std::optional<database_failure> read_stats_postgres(
    database& db, milliseconds since, stats_report& report, minute_counters& recent
) {
  const auto ms = std::to_string(since.count());
  const auto columns = pause_columns();
  const auto head = db.query(sql::compose("admin/stats/range", {{"pause_columns", columns}}), {ms});
  if (!head.ok()) return head.failure;
  const auto& row = head.rows.front();
  walk_range range{row[1].value_or("0"), row[0].value_or("0"), {}};
  report.since = iso(range.from_us);
  report.first_minute = std::stoll(range.from_us) / 60000000;
  report.pause = read_pause(row, 2);

  const auto start = std::chrono::steady_clock::now();
  range.end = start + for_events;
  const auto events = count_events(db, range, report);
  if (events.failure) return events.failure;
  range.end = start + for_events + for_copies;
  const auto copies = count_copies(db, range, report);
  if (copies.failure) return copies.failure;
  for (const auto& each : report.rows) report.total.add(each);
  mark_cut(report, events.cut_us);
  mark_cut(report, copies.cut_us);
  read_rolled_up(db, ms, report, recent);
  return std::nullopt;
}

}  // namespace trunkline::admin
