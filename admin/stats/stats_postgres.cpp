// SPDX-License-Identifier: Apache-2.0
// Postgres' part of `trunkline stats`.
#include <cstdlib>
#include <ctime>

#include "admin/stats/stats_readers.hpp"
#include "admin/stats/stats_walk.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::milliseconds;

// Of the time for all: the rest is for their copies.
constexpr milliseconds for_events{1000}, for_copies{250};

std::int64_t number(const std::optional<std::string>& text) {
  return text ? std::stoll(*text) : 0;
}

// Of the last two hours by the minute, since Redis may know more of them; older ones by the hour.
void read_figures(
    database& db, const std::string& since, stats_report& report, minute_figures& recent
) {
  const auto answer = db.query(
      "select case when minute > now() - interval '2 hours' then "
      "floor(extract(epoch from minute) / 60)::bigint end, floor(extract(epoch from "
      "date_trunc('hour', minute, 'UTC')) / 60)::bigint, figure, sum(count)::bigint from "
      "minute_figures where minute >= date_trunc('minute', now() - $1::bigint * interval '1 "
      "millisecond') group by 1, 2, 3",
      {since}
  );
  if (!answer.ok()) {
    report.gateways.at_least = true;
    report.unknown.push_back("the gateways' folded figures: " + describe(*answer.failure));
    return;
  }
  for (const auto& row : answer.rows) {
    const auto& figure = *row[2];
    if (row[0]) {
      recent[std::stoll(*row[0])][figure] = number(row[3]);
    } else {
      report.gateways.add(figure, number(row[3]));
      report.gateway_hours[hour_name(number(row[1]))].add(figure, number(row[3]));
    }
  }
}

std::string iso(const std::string& us) {
  const std::time_t seconds = std::stoll(us) / 1000000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

// Rows that the walk did not get through.
void mark_cut(stats_report& report, const std::string& cut_us) {
  if (cut_us.empty()) return;
  report.counted_since = std::max(report.counted_since, iso(cut_us));
  report.total.at_least = true;
  const auto hour = hour_name(std::stoll(cut_us) / 60000000);
  for (auto& row : report.rows) row.at_least = row.at_least || !report.by_hour || row.name <= hour;
}

}  // namespace

std::string hour_name(std::int64_t minute) {
  const std::time_t seconds = minute / 60 * 3600;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:00:00Z", &parts);
  return text;
}

std::optional<database_failure> read_stats(
    database& db, milliseconds since, stats_report& report, minute_figures& recent
) {
  const auto ms = std::to_string(since.count());
  const auto head = db.query(
      "select (extract(epoch from now()) * 1000000)::bigint, (extract(epoch from now() - "
      "$1::bigint "
      "* interval '1 millisecond') * 1000000)::bigint, " +
          pause_columns(),
      {ms}
  );
  if (!head.ok()) return head.failure;
  const auto& row = head.rows.front();
  walk_range range{row[1].value_or("0"), row[0].value_or("0"), {}};
  report.since = iso(range.from_us);
  report.first_minute = std::stoll(range.from_us) / 60000000;
  report.pause = read_pause(row, 2);

  const auto began = std::chrono::steady_clock::now();
  range.end = began + for_events;
  const auto events = count_events(db, range, report);
  if (events.failure) return events.failure;
  range.end = began + for_events + for_copies;
  const auto copies = count_copies(db, range, report);
  if (copies.failure) return copies.failure;
  for (const auto& each : report.rows) report.total.add(each);
  mark_cut(report, events.cut_us);
  mark_cut(report, copies.cut_us);
  read_figures(db, ms, report, recent);
  return std::nullopt;
}

}  // namespace trunkline::admin
