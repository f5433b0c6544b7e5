// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_filter.hpp"

#include <algorithm>

#include "parse/kinds.hpp"

namespace trunkline::admin {
namespace {

std::string bound_sql(const time_bound& bound, sql_condition& to) {
  constexpr std::chrono::hours all_of_time(24 * 365 * 100);  // more is no date to PostgreSQL
  if (!bound.ago)
    return "tl_time(" + to.parameter(std::to_string(bound.at_ms * 1000)) + "::bigint)";
  const auto ago = std::min<std::chrono::milliseconds>(*bound.ago, all_of_time);
  return "(now() - " + to.parameter(std::to_string(ago.count())) +
         "::bigint * interval '1 millisecond')";
}

// What waits or is dead may never have been applied: its activity has no row, or lacks this. Its
// bytes tell.
std::string bytes_name(const std::string& text) {
  return "(e.state not in ('processed', 'ignored') and (strpos(e.payload::text, " + text +
         ") > 0 or position(convert_to(" + text + ", 'UTF8') in e.raw) > 0))";
}

// Through indexes: by contact, and by party where no event said who is who.
std::string about_contact(const std::string& phone) {
  return "e.activity_id in (select openphone_id from activities where contact_id in "
         "(select id from contacts where phone = " +
         phone +
         ") union all select openphone_id from activities where contact_hint is null and "
         "parties @> array[" +
         phone + "]::text[] union all select card_id from contact_cards where phones @> array[" +
         phone + "]::text[])";
}

// One of our lines has no such index (it is in every second activity): each event's own activity
// is looked up.
std::string about_line(const std::string& phone) {
  return "exists (select from activities a where a.openphone_id = e.activity_id and (a.from_number "
         "= " +
         phone + " or " + phone + " = any(a.to_numbers) or " + phone + " = any(a.parties)))";
}

std::string about_conversation(const std::string& name) {
  return "e.activity_id in (select openphone_id from activities where conversation_id in "
         "(select id from conversations where openphone_id = " +
         name + " or party_key = " + name + " or id::text = " + name + "))";
}

// Rows keep the provider's spelling, metrics and people use our name: that means all its spellings.
std::string of_type(const std::string& type, sql_condition& to) {
  auto spellings = parse::spellings_of(type);
  if (std::ranges::find(spellings, type) == spellings.end()) spellings.push_back(type);
  std::string list;
  for (auto& each : spellings) list += (list.empty() ? "" : ", ") + to.parameter(std::move(each));
  return "e.event_type in (" + list + ")";
}

}  // namespace

bool event_filter::only_waiting_or_dead() const {
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
  if (!filter.type.empty()) to.require(of_type(filter.type, to));
  if (!filter.sqlstate.empty()) to.require("e.sqlstate = " + to.parameter(filter.sqlstate));
  // strpos, not LIKE: what is searched for may hold % and _.
  if (!filter.error.empty())
    to.require("strpos(lower(e.error_message), lower(" + to.parameter(filter.error) + ")) > 0");
  if (!filter.conversation.empty()) {
    const auto name = to.parameter(filter.conversation) + "::text";
    to.require("(" + about_conversation(name) + " or " + bytes_name(name) + ")");
  }
  if (!filter.phone.empty()) {
    const auto ours = db.query("select from own_numbers where phone = $1", {filter.phone});
    if (!ours.ok()) return ours.failure;
    const auto phone = to.parameter(filter.phone) + "::text";
    const auto about = ours.rows.empty() ? about_contact(phone) : about_line(phone);
    to.require("(" + about + " or " + bytes_name(phone) + ")");
  }
  return std::nullopt;
}

void add_received(const event_filter& filter, sql_condition& to) {
  const auto require = [&to](const char* comparison, const std::optional<std::int64_t>& ms) {
    if (ms) to.require(comparison + bound_sql({std::nullopt, *ms}, to));
  };
  require("e.received_at >= ", filter.from_ms);
  require("e.received_at < ", filter.to_ms);
}

void add_died(const event_filter& filter, sql_condition& to) {
  for (const auto& bound : filter.died_since)
    to.require("e.finished_at >= " + bound_sql(bound, to));
  for (const auto& bound : filter.died_before)
    to.require("e.finished_at < " + bound_sql(bound, to));
}

}  // namespace trunkline::admin
