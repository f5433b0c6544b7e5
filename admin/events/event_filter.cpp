// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_filter.hpp"

#include <algorithm>

#include "common/postgres/postgres.hpp"
#include "parse/kinds.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

std::string time_sql(const time_bound& bound, sql_condition& to) {
  constexpr std::chrono::hours max_age(24 * 365 * 100);  // PostgreSQL has no earlier dates
  if (!bound.ago) {
    const auto at = to.parameter(std::to_string(bound.at_ms * 1000));
    return sql::compose("admin/filter/time_at", {{"microseconds", at}});
  }
  const auto ago = std::min<std::chrono::milliseconds>(*bound.ago, max_age);
  const auto milliseconds = to.parameter(std::to_string(ago.count()));
  return sql::compose("admin/filter/time_ago", {{"milliseconds", milliseconds}});
}

void require_time(const char* query, const std::optional<time_bound>& bound, sql_condition& to) {
  if (bound) to.require(sql::compose(query, {{"time", time_sql(*bound, to)}}));
}

void require_value(
    const char* query, std::string_view placeholder, const std::string& value, sql_condition& to
) {
  if (!value.empty()) to.require(sql::compose(query, {{placeholder, to.parameter(value)}}));
}

// Rows contain the provider's spelling of a type, metrics and users Trunkline's name for it.
std::vector<std::string> spellings_of(const std::string& type) {
  auto spellings = parse::spellings_of(type);
  if (std::ranges::find(spellings, type) == spellings.end()) spellings.push_back(type);
  return spellings;
}

std::optional<time_bound> at(const std::optional<std::int64_t>& ms) {
  return ms ? std::optional(time_bound{std::nullopt, *ms}) : std::nullopt;
}

}  // namespace

bool event_filter::matches_all() const {
  return type.empty() && error.empty() && sqlstate.empty() && phone.empty() &&
         conversation.empty() && !received_after_ms && !received_before_ms;
}

bool event_filter::only_unfinished_or_dead() const {
  return !states.empty() && std::none_of(states.begin(), states.end(), [](const auto& state) {
    return state == "processed" || state == "ignored";
  });
}

std::string sql_condition::parameter(std::string value) {
  parameters_.push_back(std::move(value));
  return "$" + std::to_string(parameters_.size());
}

std::optional<database_failure> add_conditions(
    database& db, const event_filter& filter, sql_condition& to
) {
  if (!filter.type.empty())
    require_value(
        "admin/filter/by_type", "spellings", postgres::array_of(spellings_of(filter.type)), to
    );
  require_value("admin/filter/by_sqlstate", "sqlstate", filter.sqlstate, to);
  require_value("admin/filter/by_reason", "reason", filter.error, to);
  require_value("admin/filter/by_conversation", "conversation", filter.conversation, to);
  if (!filter.phone.empty()) {
    const auto own = db.query(sql::query("admin/is_own_number"), {filter.phone});
    if (!own.ok()) return own.failure;
    require_value(
        own.rows.empty() ? "admin/filter/by_contact_phone" : "admin/filter/by_own_number", "phone",
        filter.phone, to
    );
  }
  return std::nullopt;
}

void add_states(const event_filter& filter, sql_condition& to) {
  if (!filter.states.empty())
    require_value("admin/filter/in_states", "states", postgres::array_of(filter.states), to);
}

void add_received(const event_filter& filter, sql_condition& to) {
  require_time("admin/filter/received_after", at(filter.received_after_ms), to);
  require_time("admin/filter/received_before", at(filter.received_before_ms), to);
}

void add_died(const event_filter& filter, sql_condition& to) {
  require_time("admin/filter/died_after", filter.died_after, to);
  require_time("admin/filter/died_before", filter.died_before, to);
}

}  // namespace trunkline::admin
