// SPDX-License-Identifier: Apache-2.0
// Postgres' part of `trunkline stats`: a scan of webhook_events_received from the first moment on.
#include <cstdlib>
#include <ctime>

#include "ctl/stats/stats_sources.hpp"

namespace trunkline::ctl {
namespace {

constexpr const char* hour_form = "'YYYY-MM-DD\"T\"HH24:00:00\"Z\"'";

std::string group_of(bool by_hour, const std::string& time, const std::string& type) {
  return by_hour ? "to_char(" + time + " at time zone 'UTC', " + hour_form + ")"
                 : "coalesce(nullif(" + type + ", ''), '(none)')";
}

// The row of all is the one whose grouping is 1. Clocks of gateway and database may differ by some
// milliseconds: nothing took less than none.
std::string events_statement(bool by_hour) {
  return "select grouping(name), name, count(*), count(*) filter (where state = 'processed'), "
         "count(*) filter (where state = 'ignored'), count(*) filter (where state = 'retrying'), "
         "count(*) filter (where state = 'paused'), count(*) filter (where state = 'dead'), "
         "array_to_string(percentile_cont(array[0.5, 0.95, 0.99]) within group (order by seconds) "
         "filter (where state in ('processed', 'ignored')), ' ') "
         "from (select " +
         group_of(by_hour, "received_at", "event_type") +
         " as name, state, greatest(0, extract(epoch from finished_at - received_at))::float8 as "
         "seconds from webhook_events where received_at >= now() - $1::bigint * interval '1 "
         "millisecond') e group by grouping sets ((), (name)) order by 1, 2";
}

// entry_id begins with the milliseconds at which Redis took it: so the primary key bounds the scan.
std::string copies_statement(bool by_hour) {
  return "select grouping(name), name, count(*) from (select " +
         group_of(by_hour, "c.received_at", "e.event_type") + " as name from event_copies c " +
         (by_hour ? "" : "left join webhook_events e using (event_key) ") +
         "where c.entry_id >= ((extract(epoch from now()) * 1000)::bigint - $1::bigint - "
         "3600000)::text and c.received_at >= now() - $1::bigint * interval '1 millisecond') d "
         "group by grouping sets ((), (name)) order by 1, 2";
}

std::int64_t number(const database_row& row, std::size_t column) {
  return std::stoll(row[column].value_or("0"));
}

stats_row event_row(const database_row& row) {
  stats_row out;
  out.name = row[1].value_or("");
  out.events = number(row, 2);
  out.processed = number(row, 3);
  out.ignored = number(row, 4);
  out.retrying = number(row, 5);
  out.paused = number(row, 6);
  out.dead = number(row, 7);
  if (row[8] && !row[8]->empty()) {
    std::array<double, 3> seconds{};
    const char* at = row[8]->c_str();
    for (auto& each : seconds) {
      char* end = nullptr;
      each = std::strtod(at, &end);
      at = end;
    }
    out.seconds = seconds;
  }
  return out;
}

void add_copies(stats_report& report, const database_answer& copies) {
  for (const auto& row : copies.rows) {
    if (number(row, 0) == 1) {
      report.total.duplicates = number(row, 2);
      continue;
    }
    const auto name = row[1].value_or("");
    auto at = report.rows.begin();
    while (at != report.rows.end() && at->name < name) ++at;
    if (at == report.rows.end() || at->name != name) {
      at = report.rows.insert(at, stats_row{});
      at->name = name;
    }
    at->duplicates = number(row, 2);
  }
}

// Of the last two hours by the minute, since Redis may know more of them; older ones by the hour.
std::optional<database_failure> read_figures(
    database& db, const std::string& since, stats_report& report, minute_figures& recent
) {
  const auto answer = db.query(
      "select case when minute > now() - interval '2 hours' then "
      "floor(extract(epoch from minute) / 60)::bigint end, floor(extract(epoch from "
      "date_trunc('hour', minute)) / 60)::bigint, figure, sum(count)::bigint from minute_figures "
      "where minute >= date_trunc('minute', now() - $1::bigint * interval '1 millisecond') group "
      "by 1, 2, 3",
      {since}
  );
  if (!answer.ok()) return answer.failure;
  for (const auto& row : answer.rows) {
    const auto& figure = *row[2];
    if (row[0]) {
      recent[std::stoll(*row[0])][figure] = number(row, 3);
    } else {
      report.gateways.add(figure, number(row, 3));
      report.gateway_hours[hour_name(number(row, 1))].add(figure, number(row, 3));
    }
  }
  return std::nullopt;
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
    database& db, std::chrono::milliseconds since, stats_report& report, minute_figures& recent
) {
  const auto ms = std::to_string(since.count());
  const auto head = db.query(
      "select to_char((now() - $1::bigint * interval '1 millisecond') at time zone 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), " +
          pause_columns(),
      {ms}
  );
  if (!head.ok()) return head.failure;
  report.since = head.rows.front()[0].value_or("");
  report.pause = read_pause(head.rows.front(), 1);
  const auto events = db.query(events_statement(report.by_hour), {ms});
  if (!events.ok()) return events.failure;
  for (const auto& row : events.rows)
    if (number(row, 0) == 1)
      report.total = event_row(row);
    else
      report.rows.push_back(event_row(row));
  const auto copies = db.query(copies_statement(report.by_hour), {ms});
  if (!copies.ok()) return copies.failure;
  add_copies(report, copies);
  return read_figures(db, ms, report, recent);
}

}  // namespace trunkline::ctl
