// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "admin/events/event_filter.hpp"

namespace trunkline::admin {

// Pages through dead letters, newest first, along the index webhook_events_dead. Each page is a
// condition over `webhook_events e`, so that a million dead letters cost no more than those read.
class dead_letter_pager {
 public:
  dead_letter_pager(database& db, const event_filter& filter);

  // Moves to the next page of at most `rows` dead letters, whether they match the filter or not.
  // Returns false if there is none, or if it failed: see failure().
  bool next(std::int64_t rows);
  // The condition for the dead letters of the page that match the filter.
  const sql_condition& matching() const { return matching_; }
  // The time of the oldest row of the page; "" if it is the last page.
  const std::string& reached() const { return reached_; }
  const std::optional<database_failure>& failure() const { return failure_; }

 private:
  struct position {
    std::string microseconds, id;
  };
  database& db_;
  event_filter filter_;
  std::optional<position> position_;
  bool last_ = false;
  sql_condition matching_;
  std::string reached_;
  std::optional<database_failure> failure_;
};

}  // namespace trunkline::admin
