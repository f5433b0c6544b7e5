// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "admin/database.hpp"
#include "admin/stats/stats_report.hpp"

// Counting rows backwards from now, slice by slice, for as long as there is time: however many rows
// there are, the answer is there in time, and says how far back it goes.
namespace trunkline::admin {

struct walk_range {
  std::string from_us;  // microseconds since 1970, by the database's clock
  std::string to_us;
  std::chrono::steady_clock::time_point end;  // of the time that it may take
};
struct walk_end {
  std::optional<database_failure> failure;
  std::string cut_us;  // not empty: older rows are not counted
};

// Into report.rows by name, sorted; neither of them into the total.
walk_end count_events(database&, const walk_range&, stats_report&);
walk_end count_copies(database&, const walk_range&, stats_report&);

}  // namespace trunkline::admin
