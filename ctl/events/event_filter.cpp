// SPDX-License-Identifier: Apache-2.0
#include "ctl/events/event_filter.hpp"

#include <algorithm>
#include <array>

#include "ctl/moment.hpp"

namespace trunkline::ctl {
namespace {

constexpr std::array<std::string_view, 5> known_states = {
    "processed", "ignored", "retrying", "paused", "dead"};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (!text.empty() && from <= text.size()) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    parts.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return parts;
}

bool is_state(const std::string& name) {
  return std::find(known_states.begin(), known_states.end(), name) != known_states.end();
}

std::string check_moment(const std::string& text) {
  return text.empty() || parse_moment(text, now_ms()) ? "" : moment_form;
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

}  // namespace

bool event_filter::only_waiting_or_dead() const {
  return !states.empty() && std::none_of(states.begin(), states.end(), [](const auto& state) {
    return state == "processed" || state == "ignored";
  });
}

void event_filter_options::declare(config::option_set& options, bool times) {
  const std::string group = "Which";
  options.text(
      "state", state, "Only these: processed, ignored, retrying, paused, dead; several by comma",
      {.group = group}
  );
  options.check("state", [this]() -> std::string {
    const auto all = split(state);
    if (std::all_of(all.begin(), all.end(), is_state)) return "";
    return "must be of processed, ignored, retrying, paused, dead, several by comma";
  });
  options.text("type", type, "Only this event type, as sent (message.received)", {.group = group});
  options.text("error", error, "Only reasons that contain TEXT, any case", {.group = group});
  options.text(
      "phone", phone, "Only about this number, E.164: its messages, calls and cards",
      {.group = group}
  );
  options.text(
      "conversation", conversation, "Only of this conversation: the provider's id, or the row's",
      {.group = group}
  );
  if (!times) return;
  options.text(
      "from", from, "Only received since: 2026-11-20T17:00 (UTC), or so long ago: 6h",
      {.group = group}
  );
  options.text("to", to, "Only received before", {.group = group});
  options.check("from", [this] { return check_moment(from); });
  options.check("to", [this] { return check_moment(to); });
}

event_filter event_filter_options::filter() const {
  event_filter out{
      .states = split(state),
      .type = type,
      .error = error,
      .phone = phone,
      .conversation = conversation,
      .id = {},
      .from_ms = {},
      .to_ms = {}};
  if (!from.empty()) out.from_ms = parse_moment(from, now_ms());
  if (!to.empty()) out.to_ms = parse_moment(to, now_ms());
  return out;
}

std::string sql_condition::parameter(std::string value) {
  parameters_.push_back(std::move(value));
  return "$" + std::to_string(parameters_.size());
}

std::optional<database_failure> add_conditions(
    database& db, const event_filter& filter, sql_condition& to
) {
  if (!filter.type.empty()) to.require("e.event_type = " + to.parameter(filter.type));
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

}  // namespace trunkline::ctl
