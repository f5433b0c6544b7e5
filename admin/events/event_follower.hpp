// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/events/event_list.hpp"

// Follows outcomes by polling few rows: those above the highest row number seen, those whose number
// was skipped so far, and the retrying and dead ones that are watched.
namespace trunkline::admin {

struct followed_events {
  std::vector<event_summary> events;  // in the order of their outcomes
  std::optional<database_failure> failure;
};
// Returns the event as JSON with the time of its outcome.
json_object as_followed_json(const event_summary&);

class event_follower {
 public:
  event_follower(database& db, event_filter filter) : db_(db), filter_(std::move(filter)) {}

  // Starts to follow. Returns the `last` newest events.
  followed_events start(int last);
  // Returns the outcomes since the previous call.
  followed_events poll();

 private:
  using clock = std::chrono::steady_clock;
  // State of a watched row when it was last read.
  struct seen_row {
    std::string state;
    int attempts = 0;
  };
  std::optional<database_failure> poll_new(followed_events& out);
  std::optional<database_failure> poll_gaps(followed_events& out);
  std::optional<database_failure> poll_watched(followed_events& out);
  std::optional<database_failure> update_watched();
  void add(const database_row&, followed_events& out);
  void add_gap(std::int64_t below);
  template <class AddParameters>
  query_result query(const char* name, const AddParameters&);

  database& db_;
  event_filter filter_;
  std::int64_t highest_ = 0;
  // Row numbers are assigned before the commit, so a row may appear below a higher one. Most
  // skipped numbers never appear (they were assigned to copies), so each is polled for a limited
  // time.
  std::map<std::int64_t, clock::time_point> gaps_;
  std::map<std::int64_t, seen_row> watched_;
};

}  // namespace trunkline::admin
