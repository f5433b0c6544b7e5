// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <map>
#include <string>

#include "common/process/common_options.hpp"
#include "admin/stats/stats_report.hpp"

namespace trunkline::admin {

// Figures of a minute since 1970, by name.
using minute_figures = std::map<std::int64_t, std::map<std::string, std::int64_t>>;

// Rows, copies and folded figures since so many milliseconds ago, by the database's clock. Into
// recent the minutes that Redis may know better.
std::optional<database_failure> read_stats(
    database&, std::chrono::milliseconds since, stats_report&, minute_figures& recent
);

// What the gateways counted in the last two hours, folded or not.
struct unfolded_figures {
  minute_figures recent;
  std::string problem;  // not empty: Redis did not tell
};
unfolded_figures read_unfolded(const config::common_options&, std::chrono::milliseconds budget);

// An hour's name, as the rows have it.
std::string hour_name(std::int64_t minute);

}  // namespace trunkline::admin
