// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/cli/config.hpp"
#include "admin/database.hpp"

// Which events: the options that the verbs of `trunkline events` and `trunkline dead` share, and
// their SQL.
namespace trunkline::ctl {

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

// Which of the options a command has. All of them have type, error, sqlstate, phone, conversation.
enum class filter_set {
  list,     // and the state, and when they were received
  tail,     // and the state
  waiting,  // and when they were received
  dead      // and when they were received, and when they died
};

struct event_filter_options {
  std::string state, type, error, sqlstate, phone, conversation, from, to, since, until, older_than;

  // An option that is given and empty is refused: to a script's empty variable, no filter would
  // mean all.
  void declare(config::option_set&, filter_set);
  bool any() const { return !describe().empty(); }
  // "--type 'x' --error 'y'", as a shell reads it: for people, and for the record.
  std::string describe() const;
  event_filter filter() const;

 private:
  void declare_received(config::option_set&);
  void declare_died(config::option_set&);
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

}  // namespace trunkline::ctl
