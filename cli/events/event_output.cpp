// SPDX-License-Identifier: Apache-2.0
#include "cli/events/event_output.hpp"

#include <cstdio>

#include "common/text/printable.hpp"

namespace trunkline::cli {
namespace {

std::string describe(const operator_step& step) {
  auto out = step.at + " by " + step.who + " as " + step.login;
  if (step.finished_at) out += ": was dead since " + *step.finished_at;
  if (step.attempts)
    out += (step.finished_at ? ", " : ": after ") + std::to_string(*step.attempts) + " attempts";
  if (step.reason) out += ", " + *step.reason;
  return printable(out);
}

}  // namespace

std::vector<std::string> event_headings() {
  return {"ID", "RECEIVED", "STATE", "ATTEMPTS", "TYPE", "EVENT", "REASON"};
}

std::string type_cell(const std::string& event_type) {
  return event_type.empty() ? "(none)" : shorten(printable(event_type), 40);
}

std::vector<std::string> event_cells(const event_summary& event) {
  return {
      std::to_string(event.id),
      event.received_at,
      event.state,
      std::to_string(event.attempts),
      type_cell(event.event_type),
      shorten(printable(event.event_id), 34),
      shorten(printable(event.reason.value_or("")), 100)};
}

text_lines as_lines(const event_details& event, const std::string& raw_command) {
  text_lines lines;
  const auto add = [&](const char* name, const std::optional<std::string>& value) {
    if (value) lines.push_back({name, value->empty() ? "(none)" : printable(*value)});
  };
  add("id", std::to_string(event.id));
  add("state", event.state);
  add("reason", event.reason);
  add("sqlstate", event.sqlstate);
  add("attempts", std::to_string(event.attempts));
  if (event.claims > 0) add("claims", std::to_string(event.claims));
  add("event_type", event.event_type);
  add("event_id", event.event_id);
  add("api_version", event.api_version);
  add("activity_id", event.activity_id);
  add("received_at", event.received_at);
  add("occurred_at", event.occurred_at);
  add("finished_at", event.finished_at);
  add("next_attempt_at", event.next_attempt_at);
  add("leased_until", event.leased_until);
  add("scheme", event.scheme + ", key " + std::to_string(event.key_index));
  add("delivery_id", event.delivery_id);
  add("provider_delivery_id", event.provider_delivery_id);
  add("entry_id", event.entry_id);
  add("size", std::to_string(event.size) + " bytes ('" + raw_command + "')");
  return lines;
}

text_lines as_lines(const event_history& history) {
  text_lines out;
  if (history.more) out.push_back({"earlier", "more in operator_log"});
  for (const auto& step : history.steps) out.push_back({step.action, describe(step)});
  return out;
}

int write_raw(const std::string& bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  return as_int(exit_code::ok);
}

int write_payload(const char* command, database& db, const event_lookup& lookup) {
  if (lookup.found.size() > 1)
    return report_error(
        command, "several events have this id; give the row number", exit_code::failed
    );
  const auto payload = read_payload(db, lookup.found[0].id);
  return payload.failure ? report_error(command, *payload.failure) : write_raw(payload.bytes);
}

}  // namespace trunkline::cli
