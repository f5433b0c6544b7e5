// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <map>
#include <string>

#include "admin/stats/stats_report.hpp"
#include "common/process/common_options.hpp"

// The sources of the statistics.
namespace trunkline::admin {

// The gateways' counters by minute since 1970 and name.
using minute_counters = std::map<std::int64_t, std::map<std::string, std::int64_t>>;

// Reads events, copies and rolled up counters of the time before now, by the clock of the database.
// Counters of minutes that Redis may know better go to `recent` and not into the report.
std::optional<database_failure> read_stats_postgres(
    database&, std::chrono::milliseconds since, stats_report&, minute_counters& recent
);

struct redis_counters {
  minute_counters minutes;
  std::string problem;  // not empty: Redis could not be read
};
// Reads the counters of the last two hours, which is how long Redis keeps them.
redis_counters read_stats_redis(const config::common_options&, std::chrono::milliseconds budget);

// Returns the name of the hour of a minute since 1970: "2026-11-23T01:00:00Z".
std::string hour_name(std::int64_t minute);

struct stats_result {
  stats_report report;
  std::optional<database_failure> failure;
};
// Reads both servers at the same time and joins what they report. Returns within two seconds.
// If Redis is unreachable, the report lacks its counters, and `unknown` names the problem.
stats_result read_stats(
    const config::common_options&, std::chrono::milliseconds since, bool by_hour
);

}  // namespace trunkline::admin
