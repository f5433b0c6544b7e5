// SPDX-License-Identifier: Apache-2.0
// trunkline stats
#include <cstdio>

#include "admin/stats/stats_readers.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/stats/stats_text.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  std::chrono::milliseconds since{std::chrono::hours(24)};
  std::string by = "hour";
  bool json = false;
};

int fail(const database_failure& failure) {
  if (failure.sqlstate == "57014")
    return report_error(
        "stats", "query timed out within 2 s for the newest rows: check the load of PostgreSQL",
        exit_code::failed
    );
  if (failure.sqlstate == "42703" || failure.sqlstate == "42P01")
    return report_error(
        "stats", "the schema is too old: run 'trunkline migrate'", exit_code::failed
    );
  return report_error("stats", failure);
}

int run(const settings& options) {
  const auto [report, failure] = read_stats(options.common, options.since, options.by == "hour");
  if (failure) return fail(*failure);
  std::fputs((options.json ? as_json(report) : as_text(report)).c_str(), stdout);
  return as_int(report.unknown.empty() ? exit_code::ok : exit_code::unknown);
}

void declare(config::option_set& set, settings& options) {
  set.duration(
      "since", options.since, "Length of the period, up to now", std::chrono::minutes(1),
      std::chrono::hours(24 * 366)
  );
  set.choice("by", options.by, "Group rows by hour or event type", {"hour", "type"});
  set.flag("json", options.json, "Print one JSON object");
  set.per_call({"since", "by"});
  config::add_common(set, options.common, config::uses::both);
}

}  // namespace

config::command stats() {
  auto options = std::make_shared<settings>();
  return {
      .name = "stats",
      .description = "Show throughput, outcomes and latency by hour or event type",
      .examples =
          "  trunkline stats\n"
          "  trunkline stats --since 7d --by type\n"
          "  trunkline stats --since 1h --json | jq .deliveries.p99_seconds\n"
          "Hours are UTC. RECEIVED counts events and duplicates. SUCCESS is the share of finished "
          "events that\n"
          "are not dead letters. P50, P95 and P99 are times from receipt by the gateway to the "
          "transaction that\n"
          "wrote the row. Rejected requests create no rows: the gateways count them. 'at least' "
          "marks figures\n"
          "that lack counters of a crashed gateway or of a lost Redis. Rows are counted backwards "
          "from now for\n"
          "one second. If that is too short, CUT shows the oldest time counted, and '+' marks "
          "incomplete figures.\n"
          "Exit codes: 0 complete, 1 failed, 3 a server is unreachable.\n",
      .declare = [options](config::option_set& set, config::arguments&) { declare(set, *options); },
      .run = [options]() -> int { exit_immediately(static_cast<exit_code>(run(*options))); }};
}

}  // namespace trunkline::cli
