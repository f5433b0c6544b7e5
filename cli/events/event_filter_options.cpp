// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "cli/output.hpp"
#include "common/text/units.hpp"
#include "cli/events/event_filter_options.hpp"
#include "admin/timestamp.hpp"
#include "parse/kinds.hpp"
#include "parse/phone_number.hpp"

namespace trunkline::cli {
namespace {

constexpr std::array<std::string_view, 4> known_states = {
    "processed", "ignored", "retrying", "dead"};

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

std::string check_timestamp(const std::string& text) {
  return text.empty() || parse_timestamp(text, now_ms()) ? "" : timestamp_form;
}

std::string check_duration(const std::string& text) {
  return text.empty() || parse_duration(text) ? "" : "must be a number and a unit, like 30m or 2d";
}

std::vector<time_bound> bounds_of(const std::string& text) {
  if (text.empty()) return {};
  if (const auto ago = parse_duration(text)) return {{ago, 0}};
  return {{std::nullopt, parse_timestamp(text, now_ms()).value_or(0)}};
}

// In single quotes, as a shell takes it.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

void event_filter_options::declare(config::option_set& options, filter_set of) {
  const config::traits which{.filled = true, .group = "Which"};
  if (of == filter_set::list || of == filter_set::tail) {
    options.text(
        "state", state, "Only these: processed, ignored, retrying, dead; several by comma",
        {.filled = true,
         .group = which.group,
         .value = "LIST",
         .offers = {known_states.begin(), known_states.end()}}
    );
    options.check("state", [this]() -> std::string {
      const auto all = split(state);
      if (std::all_of(all.begin(), all.end(), is_state)) return "";
      return "must be of processed, ignored, retrying, dead, several by comma";
    });
  }
  options.text(
      "type", type,
      "Only this event type, however it was spelled (message.received); or one spelling "
      "(call.started)",
      {.filled = true, .group = which.group, .offers = parse::canonical_names()}
  );
  options.text("error", error, "Only reasons that contain TEXT, any case", which);
  options.text("sqlstate", sqlstate, "Only failures with this SQLSTATE (23514)", which);
  options.text(
      "phone", phone, "Only about this number, E.164: its messages, calls and cards", which
  );
  options.text(
      "conversation", conversation, "Only of this conversation: the provider's id, or the row's",
      which
  );
  if (of == filter_set::list || of == filter_set::tail) options.per_call({"state"});
  options.per_call({"type", "error", "sqlstate", "phone", "conversation"});
  if (of != filter_set::tail) declare_received(options);
  if (of == filter_set::dead) declare_died(options);
}

void event_filter_options::declare_received(config::option_set& options) {
  const config::traits which{.filled = true, .group = "Which"};
  options.text(
      "from", from, "Only received since: 2026-11-20T17:00 (UTC), or so long ago: 6h", which
  );
  options.text("to", to, "Only received before", which);
  options.check("from", [this] { return check_timestamp(from); });
  options.check("to", [this] { return check_timestamp(to); });
  options.per_call({"from", "to"});
}

void event_filter_options::declare_died(config::option_set& options) {
  const config::traits which{.filled = true, .group = "Which"};
  options.text(
      "since", since, "Only what died since: 2026-11-20T17:00 (UTC), or so long ago: 6h", which
  );
  options.text("until", until, "Only what died before: a time, or so long ago", which);
  options.text("older-than", older_than, "Only what died longer ago than this (90d)", which);
  options.check("since", [this] { return check_timestamp(since); });
  options.check("until", [this] { return check_timestamp(until); });
  options.check("older-than", [this] { return check_duration(older_than); });
  options.per_call({"since", "until", "older-than"});
}

std::string event_filter_options::describe() const {
  const std::array<std::pair<const char*, const std::string*>, 11> all = {
      {{"state", &state},
       {"type", &type},
       {"error", &error},
       {"sqlstate", &sqlstate},
       {"phone", &phone},
       {"conversation", &conversation},
       {"from", &from},
       {"to", &to},
       {"since", &since},
       {"until", &until},
       {"older-than", &older_than}}};
  std::string out;
  for (const auto& [name, value] : all)
    if (!value->empty())
      out += (out.empty() ? "--" : " --") + std::string(name) + " " + quoted(*value);
  return out;
}

event_filter event_filter_options::filter() const {
  event_filter out;
  out.states = split(state);
  out.type = type;
  out.error = error;
  out.sqlstate = sqlstate;
  out.phone = parse::normalise_number(phone);
  out.conversation = conversation;
  if (!from.empty()) out.from_ms = parse_timestamp(from, now_ms());
  if (!to.empty()) out.to_ms = parse_timestamp(to, now_ms());
  out.died_since = bounds_of(since);
  out.died_before = bounds_of(until);
  for (const auto& bound : bounds_of(older_than)) out.died_before.push_back(bound);
  return out;
}

}  // namespace trunkline::cli
