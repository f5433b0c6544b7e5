// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/config.hpp"
#include "ctl/database.hpp"

// Which events: the options that the verbs of `trunkline events` share, and their SQL.
namespace trunkline::ctl {

struct event_filter {
  std::vector<std::string> states;  // none: all
  std::string type, error, phone, conversation;
  std::string id;                              // not a row's: as event_lookup.hpp takes it
  std::optional<std::int64_t> from_ms, to_ms;  // received since, and before

  // All states that are asked for are rare ones with an index of their own.
  bool only_waiting_or_dead() const;
};

struct event_filter_options {
  std::string state, type, error, phone, conversation, from, to;

  // times: --from and --to as well.
  void declare(config::option_set&, bool times);
  event_filter filter() const;
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

}  // namespace trunkline::ctl
