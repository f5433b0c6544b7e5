// SPDX-License-Identifier: Apache-2.0
// trunkline stats
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "common/base/units.hpp"
#include "ctl/stats/stats_sources.hpp"
#include "ctl/verbs.hpp"

namespace trunkline::ctl {
namespace {

using std::chrono::milliseconds;

struct settings {
  config::common_options common;
  milliseconds since{std::chrono::hours(24)};
  std::string by = "hour";
  bool json = false;
};

int complain_of(const database_failure& failure, const settings& given) {
  if (failure.sqlstate == "57014")
    return complain(
        "stats",
        "too many events since then to be summed up in 2 s: a shorter --since than " +
            format_duration(given.since) + " tells",
        exit_code::failed
    );
  if (failure.sqlstate == "42703" || failure.sqlstate == "42P01")
    return complain(
        "stats", "the schema is too old for this: run 'trunkline migrate'", exit_code::failed
    );
  return complain("stats", failure);
}

int run(const settings& given) {
  stats_report report;
  report.by_hour = given.by == "hour";
  database db(
      given.common.postgres, config::make_logger("stats", given.common),
      {.connect = milliseconds(1500), .lock = milliseconds(500), .statement = milliseconds(2000)}
  );
  minute_figures recent;
  if (const auto failed = read_stats(db, given.since, report, recent))
    return complain_of(*failed, given);
  const auto problem = read_unfolded(given.common, milliseconds(1000), recent);
  if (!problem.empty()) {
    report.unknown.push_back(problem);
    report.gateways.at_least = true;  // what nobody folded yet is missing
  }
  const auto now = std::chrono::duration_cast<std::chrono::minutes>(
                       std::chrono::system_clock::now().time_since_epoch()
  )
                       .count();
  const auto first = now - std::chrono::duration_cast<std::chrono::minutes>(given.since).count();
  for (const auto& [minute, figures] : recent) {
    if (minute < first) continue;
    for (const auto& [figure, count] : figures) {
      report.gateways.add(figure, count);
      report.gateway_hours[hour_name(minute)].add(figure, count);
    }
  }
  // An hour in which everything was refused has no rows.
  if (report.by_hour)
    for (const auto& [hour, figures] : report.gateway_hours)
      if (std::none_of(report.rows.begin(), report.rows.end(), [&](const auto& row) {
            return row.name == hour;
          })) {
        stats_row empty;
        empty.name = hour;
        report.rows.push_back(empty);
      }
  std::sort(report.rows.begin(), report.rows.end(), [](const auto& a, const auto& b) {
    return a.name < b.name;
  });
  std::fputs((given.json ? as_json(report) : as_text(report)).c_str(), stdout);
  return as_int(report.unknown.empty() ? exit_code::ok : exit_code::unknown);
}

}  // namespace

config::verb stats() {
  auto given = std::make_shared<settings>();
  return {
      .name = "stats",
      .description = "What came in and what became of it, by hour or by type",
      .examples =
          "  trunkline stats\n"
          "  trunkline stats --since 7d --by type\n"
          "  trunkline stats --since 1h --json | jq .deliveries.p99_seconds\n"
          "RECEIVED is what workers have a record of (events and duplicates), SUCCESS of what is "
          "finished, P50 to P99\n"
          "the time from the gateway's receipt to the commit. Refused deliveries leave no row: the "
          "gateways count\n"
          "them, and 'at least' says that a crash or a lost Redis took some counts along.\n"
          "Exit codes: 0 told, 1 failed (also: too many events for 2 s), 3 a server is away.\n",
      .declare =
          [given](config::option_set& options, CLI::App&) {
            options.duration(
                "since", given->since, "So far back", std::chrono::minutes(1),
                std::chrono::hours(24 * 366)
            );
            options.choice("by", given->by, "A line for each", {"hour", "type"});
            options.flag("json", given->json, "Print one JSON object");
            config::add_common(options, given->common, config::uses::both);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::ctl
