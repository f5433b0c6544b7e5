// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "admin/events/event_list.hpp"

// New outcomes, by looking again and again at few rows: those above the highest row number seen,
// those whose number was left out so far, and the waiting and dead ones that are watched.
namespace trunkline::admin {

struct followed {
  std::vector<event_summary> events;  // as they came
  std::optional<database_failure> failure;
};

class event_follower {
 public:
  event_follower(database& db, event_filter filter) : db_(db), filter_(std::move(filter)) {}

  // From here on; last: so many of the newest events to begin with.
  followed start(int last);
  // What came since.
  followed look();

 private:
  using clock = std::chrono::steady_clock;
  // What a watched row looked like.
  struct seen_row {
    std::string state;
    int attempts = 0;
  };
  std::optional<database_failure> look_above(followed& out);
  std::optional<database_failure> look_into_gaps(followed& out);
  std::optional<database_failure> look_at_watched(followed& out);
  std::optional<database_failure> watch();
  void take(const database_row&, followed& out);
  void note_gap(std::int64_t below);
  std::string select(const std::string& source, const sql_condition&) const;

  database& db_;
  event_filter filter_;
  std::int64_t highest_ = 0;
  // Row numbers are given out before they are committed: one may appear below a higher one. Most of
  // those left out never come (they went to copies), so each is waited for only so long.
  std::map<std::int64_t, clock::time_point> gaps_;
  std::map<std::int64_t, seen_row> watched_;
};

}  // namespace trunkline::admin
