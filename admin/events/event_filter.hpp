// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/database.hpp"

// Selection of events: the filter that the commands of `trunkline events` and `trunkline dead`
// share, and its SQL (schema/queries/admin/filter/).
namespace trunkline::admin {

// A duration before the database's now, or a time in milliseconds since 1970.
struct time_bound {
  std::optional<std::chrono::milliseconds> ago;
  std::int64_t at_ms = 0;
};

struct event_filter {
  std::vector<std::string> states = {};  // empty: all
  std::string type = {}, error = {}, sqlstate = {}, phone = {}, conversation = {};
  std::optional<std::int64_t> received_after_ms = {}, received_before_ms = {};
  std::optional<time_bound> died_after = {}, died_before = {};

  // Returns whether every event matches, apart from its state and the time of its death.
  bool matches_all() const;
  // Returns whether the filter has only states that are rare and have their own index.
  bool only_unfinished_or_dead() const;
};

// A condition over `webhook_events e` with numbered parameters, built part by part.
class sql_condition {
 public:
  // Adds a parameter. Returns its name: "$1", "$2", ...
  std::string parameter(std::string value);
  void require(const std::string& sql) { sql_ += (sql_.empty() ? "" : " and ") + sql; }
  std::string sql() const { return sql_.empty() ? "true" : sql_; }
  const std::vector<std::string>& parameters() const { return parameters_; }

 private:
  std::string sql_;
  std::vector<std::string> parameters_;
};

// Adds all conditions of the filter except states and times. Reads from the database whether the
// phone number is an own number.
std::optional<database_failure> add_conditions(database&, const event_filter&, sql_condition& to);
void add_states(const event_filter&, sql_condition& to);
void add_received(const event_filter&, sql_condition& to);
void add_died(const event_filter&, sql_condition& to);

}  // namespace trunkline::admin
