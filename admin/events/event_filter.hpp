// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/database.hpp"

// Which events: the options that the verbs of `trunkline events` and `trunkline dead` share, and
// their SQL.
namespace trunkline::admin {

// So long before the database's now, or a point of the calendar in milliseconds since 1970.
struct time_bound {
  std::optional<std::chrono::milliseconds> ago;
  std::int64_t at_ms = 0;
};

struct event_filter {
  std::vector<std::string> states = {};  // none: all
  std::string type = {}, error = {}, sqlstate = {}, phone = {}, conversation = {};
  std::optional<std::int64_t> from_ms = {}, to_ms = {};  // received since, and before
  std::vector<time_bound> died_since = {}, died_before = {};

  // All states that are asked for are rare ones with an index of their own.
  bool only_waiting_or_dead() const;
};

// A condition over `webhook_events e` with numbered parameters, grown part by part.
class sql_condition {
 public:
  // "$1", "$2", ... for a value.
  std::string parameter(std::string value);
  void require(const std::string& sql) { sql_ += (sql_.empty() ? "" : " and ") + sql; }
  std::string sql() const { return sql_.empty() ? "true" : sql_; }
  const std::vector<std::string>& parameters() const { return parameters_; }

 private:
  std::string sql_;
  std::vector<std::string> parameters_;
};

// Everything of the filter but its states and times. Asks db whether a phone is one of ours.
std::optional<database_failure> add_conditions(database&, const event_filter&, sql_condition& to);
void add_received(const event_filter&, sql_condition& to);
void add_died(const event_filter&, sql_condition& to);

}  // namespace trunkline::admin
