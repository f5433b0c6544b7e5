// SPDX-License-Identifier: Apache-2.0
// trunkline stats
#include <algorithm>
#include <cstdio>

#include "cli/output.hpp"
#include "cli/stats/stats_text.hpp"
#include "common/text/units.hpp"
#include "admin/deadline_task.hpp"
#include "admin/stats/stats_readers.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

using std::chrono::milliseconds;

// Both servers are asked at once. Postgres has this long to answer, and a little more.
constexpr milliseconds statement{1500}, patience{1900}, redis_budget{1200};

struct settings {
  config::common_options common;
  milliseconds since{std::chrono::hours(24)};
  std::string by = "hour";
  bool json = false;
};

struct from_postgres {
  std::optional<database_failure> failure;
  stats_report report;
  minute_figures recent;
};

from_postgres ask_postgres(const settings& given) {
  from_postgres out;
  out.report.by_hour = given.by == "hour";
  database db(
      given.common.postgres, config::make_logger("stats", given.common),
      {.connect = statement, .lock = milliseconds(500), .statement = statement}
  );
  out.failure = read_stats(db, given.since, out.report, out.recent);
  return out;
}

int complain_of(const database_failure& failure) {
  if (failure.sqlstate == "57014")
    return report_error(
        "stats", "Postgres takes longer than 2 s for the newest rows: see what keeps it busy",
        exit_code::failed
    );
  if (failure.sqlstate == "42703" || failure.sqlstate == "42P01")
    return report_error(
        "stats", "the schema is too old for this: run 'trunkline migrate'", exit_code::failed
    );
  return report_error("stats", failure);
}

// Redis knows the last two hours at least as well.
void join(minute_figures& recent, const minute_figures& unfolded) {
  for (const auto& [minute, figures] : unfolded)
    for (const auto& [figure, count] : figures) {
      auto& known = recent[minute][figure];
      known = std::max(known, count);
    }
}

void add_recent(stats_report& report, const minute_figures& recent) {
  for (const auto& [minute, figures] : recent) {
    if (minute < report.first_minute) continue;
    for (const auto& [figure, count] : figures) {
      report.gateways.add(figure, count);
      report.gateway_hours[hour_name(minute)].add(figure, count);
    }
  }
}

// An hour in which everything was refused has no rows.
void add_hours_without_rows(stats_report& report) {
  for (const auto& [hour, figures] : report.gateway_hours)
    if (std::none_of(report.rows.begin(), report.rows.end(), [&](const auto& row) {
          return row.name == hour;
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

int run(const settings& given) {
  const auto end = std::chrono::steady_clock::now() + patience;
  deadline_task<from_postgres> postgres([given] { return ask_postgres(given); });
  deadline_task<unfolded_figures> redis([options = given.common] {
    return read_unfolded(options, redis_budget);
  });
  auto rows = postgres.wait_until(end);
  if (!rows) return report_error("stats", "no response from PostgreSQL within 2 s", exit_code::unknown);
  if (rows->failure) return complain_of(*rows->failure);
  auto& report = rows->report;
  const auto unfolded = redis.wait_until(end).value_or(unfolded_figures{
      {}, "no response from Redis within " + format_duration(patience)});
  if (!unfolded.problem.empty()) {
    report.unknown.push_back(unfolded.problem);
    report.gateways.at_least = true;  // what nobody folded yet is missing
  }
  join(rows->recent, unfolded.recent);
  add_recent(report, rows->recent);
  if (report.by_hour) add_hours_without_rows(report);
  std::fputs((given.json ? as_json(report) : as_text(report)).c_str(), stdout);
  return as_int(report.unknown.empty() ? exit_code::ok : exit_code::unknown);
}

}  // namespace

config::command stats() {
  auto given = std::make_shared<settings>();
  return {
      .name = "stats",
      .description = "What came in and what became of it, by hour or by type",
      .examples =
          "  trunkline stats\n"
          "  trunkline stats --since 7d --by type\n"
          "  trunkline stats --since 1h --json | jq .deliveries.p99_seconds\n"
          "Hours are UTC. RECEIVED is what workers have a record of (events and duplicates), "
          "SUCCESS the part of\n"
          "what is finished that is not dead, P50 to P99 the time from the gateway's receipt to "
          "the transaction\n"
          "that wrote the row. Refused deliveries leave no row: the gateways count them, and 'at "
          "least' says that\n"
          "a crash or a lost Redis took some counts along. Rows are counted backwards for a "
          "second; where that\n"
          "is too short, CUT says how far it got, and '+' marks what may be more.\n"
          "Exit codes: 0 told, 1 failed, 3 a server is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            options.duration(
                "since", given->since, "So far back", std::chrono::minutes(1),
                std::chrono::hours(24 * 366)
            );
            options.choice("by", given->by, "A line for each", {"hour", "type"});
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"since", "by"});
            config::add_common(options, given->common, config::uses::both);
          },
      .run = [given]() -> int { exit_immediately(static_cast<exit_code>(run(*given))); }};
}

}  // namespace trunkline::cli
