// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_report.hpp"

namespace trunkline::admin {
namespace {

// An imported row has never been in the stream.
redis_lookup find_in_stream(const config::common_options& options, const event_details& row) {
  if (!time_of_entry_id(row.entry_id)) return {};
  return find_entry(options, row.entry_id, std::chrono::milliseconds(300));
}

json_object as_json(const affected_row& row) {
  json_object fields;
  for (const auto& field : row.fields) fields.text(field.name, field.value);
  return json_object().text("table", row.table).object("row", fields);
}

}  // namespace

event_report read_report(
    database& db, const config::common_options& options, const event_details& row
) {
  event_report out{
      row, read_history(db, row), read_effects(db, row), find_in_stream(options, row), {}};
  out.failure = out.history.failure ? out.history.failure : out.effects.failure;
  return out;
}

json_object as_json(const event_report& report) {
  std::vector<json_object> copies, affected;
  for (const auto& copy : report.effects.copies)
    copies.push_back(
        json_object().text("entry_id", copy.entry_id).text("received_at", copy.received_at)
    );
  for (const auto& row : report.effects.rows) affected.push_back(as_json(row));
  const auto& stream = report.in_stream;
  return as_json(report.row)
      .boolean(
          "in_stream", stream.error.empty() ? std::optional(stream.found.has_value()) : std::nullopt
      )
      .list("history", as_json(report.history))
      .list("copies", copies)
      .boolean("more_copies", report.effects.more_copies)
      .list("touched", affected);
}

json_object as_json(const waiting_delivery& waiting) {
  const auto& content = waiting.content;
  const auto& webhook_id = content.provider_delivery_id;
  return json_object()
      .text("entry_id", waiting.entry_id)
      .number("received_at_ms", content.received_at_ms)
      .text("reader", waiting.reader)
      .number("idle_ms", waiting.idle_ms)
      .number("times_read", waiting.times_read)
      .text("scheme", std::string(to_string(content.scheme)))
      .number("key_index", content.key_index)
      .text("delivery_id", content.delivery_id)
      .text("provider_delivery_id", webhook_id.empty() ? std::nullopt : std::optional(webhook_id))
      .number("size", static_cast<std::int64_t>(content.body.size()));
}

}  // namespace trunkline::admin
