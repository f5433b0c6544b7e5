// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "admin/database.hpp"
#include "admin/stats/stats_report.hpp"

// Counts rows backwards from now, slice by slice, until the range or the time is exhausted. The
// result states how far back it goes, so that the time is limited regardless of the number of rows.
namespace trunkline::admin {

struct walk_range {
  std::string from_us;  // microseconds since 1970, by the clock of the database
  std::string to_us;
  std::chrono::steady_clock::time_point end;
};
struct walk_end {
  std::optional<database_failure> failure;
  std::string cut_us;  // older rows are not counted; "" if all of the range is
};

// Both add to report.rows, which they keep sorted by name, and not to report.total.
walk_end count_events(database&, const walk_range&, stats_report&);
walk_end count_copies(database&, const walk_range&, stats_report&);

}  // namespace trunkline::admin
