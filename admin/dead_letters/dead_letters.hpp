// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/database.hpp"
#include "admin/events/event_filter.hpp"

// Dead letters in Postgres: what the verbs of `trunkline dead` read. Newest death first, in slices
// along the index webhook_events_dead, so that a million of them cost no more than what is shown.
namespace trunkline::admin {

struct dead_letter {
  std::int64_t id = 0;
  std::string event_id, event_type, reason;
  int attempts = 0;
  std::string finished_at;        // UTC
  std::chrono::milliseconds age;  // since it died
};

struct dead_letters {
  std::vector<dead_letter> letters;          // newest first
  bool more = false;                         // more fit than the limit
  std::optional<std::string> searched_back;  // the time was up here: older ones were not looked at
  std::optional<database_failure> failure;
};
dead_letters find_dead(database&, const event_filter&, int limit);

// Rows of dead letters in equal-sized slices: each slice is a condition over `webhook_events e`.
class dead_slices {
 public:
  dead_slices(database& db, const event_filter& filter);

  // Sets the next slice of at most so many dead letters, fitting or not. False: there is none, or
  // failure() says why it is not known.
  bool next(std::int64_t rows);
  // Of the slice: only what the filter has.
  const sql_condition& fitting() const { return fitting_; }
  const std::optional<database_failure>& failure() const { return failure_; }
  const std::string& reached() const { return reached_; }  // time of its oldest row; "" at the end

 private:
  struct place {
    std::string us, id;
  };
  database& db_;
  event_filter filter_;
  std::optional<place> at_;
  bool last_ = false;
  sql_condition fitting_;
  std::string reached_;
  std::optional<database_failure> failure_;
};

struct dead_ids {
  std::vector<std::int64_t> ids;  // oldest first
  bool more = false;              // than one run takes
  std::optional<database_failure> failure;
};
dead_ids find_dead_ids(database&, const event_filter&);

// "retrying, due at once, with all attempts ahead", for rows that are still dead; the reason is
// kept until the next one. Returns the ids.
query_result replay(database&, const std::string& id_array, const std::string& actor);

}  // namespace trunkline::admin
