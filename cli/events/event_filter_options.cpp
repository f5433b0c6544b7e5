// SPDX-License-Identifier: Apache-2.0
#include "cli/events/event_filter_options.hpp"

#include <algorithm>
#include <array>

#include "admin/timestamp.hpp"
#include "common/text/units.hpp"
#include "parse/kinds.hpp"
#include "parse/phone_number.hpp"

namespace trunkline::cli {
namespace {

constexpr std::array<std::string_view, 4> known_states = {
    "processed", "ignored", "retrying", "dead"};

config::traits filter_traits(const std::string& value) {
  return {.filled = true, .group = filter_group, .value = value};
}

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

void declare_time(
    config::option_set& set, const std::string& name, std::string& target, const std::string& help
) {
  set.text(name, target, help, filter_traits("TIME"));
  set.check(name, [&target]() -> std::string {
    return target.empty() || parse_timestamp(target, now_ms()) ? "" : timestamp_form;
  });
  set.per_call({name});
}

std::optional<time_bound> bound_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const auto ago = parse_duration(text)) return time_bound{ago, 0};
  return time_bound{std::nullopt, parse_timestamp(text, now_ms()).value_or(0)};
}

// Returns the text in single quotes for a shell.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

void event_filter_options::declare(config::option_set& set, filter_set options) {
  if (options == filter_set::list || options == filter_set::tail) declare_state(set);
  auto type_traits = filter_traits("TYPE");
  type_traits.offers = parse::canonical_names();
  set.text("type", type, "Select an event type, in any spelling: message.received", type_traits);
  set.text(
      "error", error, "Select reasons that contain TEXT, ignoring case", filter_traits("TEXT")
  );
  set.text(
      "sqlstate", sqlstate, "Select failures with this SQLSTATE: 23514", filter_traits("SQLSTATE")
  );
  set.text(
      "phone", phone, "Select messages, calls and contacts of a number", filter_traits("PHONE")
  );
  set.text(
      "conversation", conversation, "Select a conversation by the provider's id or the row",
      filter_traits("ID")
  );
  set.per_call({"type", "error", "sqlstate", "phone", "conversation"});
  if (options != filter_set::tail) declare_received(set);
  if (options == filter_set::dead) declare_died(set);
}

void event_filter_options::declare_state(config::option_set& set) {
  auto traits = filter_traits("LIST");
  traits.offers = {known_states.begin(), known_states.end()};
  set.text("state", state, "Select states, separated by commas: retrying,dead", traits);
  set.check("state", [this]() -> std::string {
    const auto states = split(state);
    if (std::all_of(states.begin(), states.end(), is_state)) return "";
    return "must be processed, ignored, retrying or dead, separated by commas";
  });
  set.per_call({"state"});
}

void event_filter_options::declare_received(config::option_set& set) {
  declare_time(
      set, "received-after", received_after,
      "Select events received at TIME or later (6h: 6 hours ago)"
  );
  declare_time(set, "received-before", received_before, "Select events received before TIME");
}

void event_filter_options::declare_died(config::option_set& set) {
  declare_time(
      set, "died-after", died_after, "Select events that died at TIME or later (6h: 6 hours ago)"
  );
  declare_time(
      set, "died-before", died_before, "Select events that died before TIME (90d: 90 days ago)"
  );
}

std::string event_filter_options::describe() const {
  const std::array<std::pair<const char*, const std::string*>, 10> all = {
      {{"state", &state},
       {"type", &type},
       {"error", &error},
       {"sqlstate", &sqlstate},
       {"phone", &phone},
       {"conversation", &conversation},
       {"received-after", &received_after},
       {"received-before", &received_before},
       {"died-after", &died_after},
       {"died-before", &died_before}}};
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
  if (!received_after.empty()) out.received_after_ms = parse_timestamp(received_after, now_ms());
  if (!received_before.empty()) out.received_before_ms = parse_timestamp(received_before, now_ms());
  out.died_after = bound_of(died_after);
  out.died_before = bound_of(died_before);
  return out;
}

}  // namespace trunkline::cli
