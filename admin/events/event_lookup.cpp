// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_lookup.hpp"

#include "common/text/encoding.hpp"
#include "admin/events/event_time.hpp"

namespace trunkline::admin {
namespace {

// The bytes as received: json keeps its text as it came.
constexpr const char* bytes_of = "coalesce(raw, convert_to(payload::text, 'UTF8'))";

int small(const std::optional<std::string>& field) {
  return field ? std::stoi(*field) : 0;
}

event_details read_details(const database_row& row) {
  event_details out;
  out.id = std::stoll(*row[0]);
  out.event_id = row[1].value_or("");
  out.event_type = row[2].value_or("");
  out.state = row[3].value_or("");
  out.scheme = row[4].value_or("");
  out.entry_id = row[5].value_or("");
  out.delivery_id = row[6].value_or("");
  out.received_at = row[7].value_or("");
  out.api_version = row[8];
  out.reason = row[9];
  out.sqlstate = row[10];
  out.next_attempt_at = row[11];
  out.occurred_at = row[12];
  out.finished_at = row[13];
  out.activity_id = row[14];
  out.provider_delivery_id = row[15];
  out.attempts = small(row[16]);
  out.claims = small(row[17]);
  out.key_index = small(row[18]);
  out.parser_version = small(row[19]);
  out.size = std::stoll(row[20].value_or("0"));
  out.leased_until = row[21];
  return out;
}

std::string id_array(const std::vector<std::int64_t>& ids) {
  std::string out = "{";
  for (const auto id : ids) out += (out.size() > 1 ? "," : "") + std::to_string(id);
  return out + "}";
}

// By its number or event id. Where the record can't be read, nothing is known of it.
std::optional<std::string> find_deleted(database& db, const std::string& id) {
  const auto answer = db.query(
      "select " + time_text("d.ended_at") +
          ", d.person, d.id from dead_deleted_events e join dead_deletions d on d.id = "
          "e.deletion_id where e.event_id = $1 or e.id = $2::bigint order by e.deletion_id desc "
          "limit 1",
      {id, is_row_number(id) ? id : "-1"}
  );
  if (!answer.ok() || answer.rows.empty()) return std::nullopt;
  const auto& row = answer.rows[0];
  return "it was deleted at " + row[0].value_or("") + " by " + row[1].value_or("") + " (row " +
         row[2].value_or("") + " of dead_deletions)";
}

}  // namespace

event_lookup find_event(database& db, const std::string& id, std::chrono::milliseconds time) {
  auto named = find_ids(db, id, time);
  event_lookup out;
  out.searched_back = std::move(named.searched_back);
  out.failure = std::move(named.failure);
  if (!out.failure && named.ids.empty()) out.deleted = find_deleted(db, id);
  if (out.failure || named.ids.empty()) return out;
  const auto answer = db.query(
      "select id, event_id, event_type, state, scheme, entry_id, delivery_id, " +
          time_text("received_at") + ", api_version, error_message, sqlstate, " +
          time_text("next_attempt_at") + ", " + time_text("occurred_at") + ", " +
          time_text("finished_at") +
          ", activity_id, provider_delivery_id, attempts, claims, key_index, parser_version, "
          "octet_length(" +
          bytes_of + "), " + time_text("leased_until") +
          " from webhook_events where id = any($1::bigint[]) order by id",
      {id_array(named.ids)}
  );
  out.failure = answer.failure;
  for (const auto& row : answer.rows) out.found.push_back(read_details(row));
  return out;
}

std::string describe_missing(const event_lookup& lookup, const std::string& id) {
  if (lookup.deleted) return "no event has the id " + id + " any more: " + *lookup.deleted;
  if (!lookup.searched_back) return "no event has the id " + id;
  return "no event since " + *lookup.searched_back + " has the id " + id +
         "; older ones were not looked at for lack of time ('trunkline events list --id " + id +
         " --to " + *lookup.searched_back + "' goes on)";
}

text_lines as_lines(const event_details& event, const std::string& raw_hint) {
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
  add("size", std::to_string(event.size) + " bytes ('" + raw_hint + "')");
  return lines;
}

json_object to_json(const event_details& event) {
  return json_object()
      .number("id", event.id)
      .text("state", event.state)
      .text("reason", event.reason)
      .text("sqlstate", event.sqlstate)
      .number("attempts", event.attempts)
      .number("claims", event.claims)
      .text("event_type", event.event_type)
      .text("event_id", event.event_id)
      .text("api_version", event.api_version)
      .text("activity_id", event.activity_id)
      .text("received_at", event.received_at)
      .text("occurred_at", event.occurred_at)
      .text("finished_at", event.finished_at)
      .text("next_attempt_at", event.next_attempt_at)
      .text("leased_until", event.leased_until)
      .text("scheme", event.scheme)
      .number("key_index", event.key_index)
      .text("delivery_id", event.delivery_id)
      .text("provider_delivery_id", event.provider_delivery_id)
      .text("entry_id", event.entry_id)
      .number("parser_version", event.parser_version)
      .number("size", event.size);
}

event_bytes read_bytes(database& db, std::int64_t id) {
  const auto answer = db.query(
      std::string("select encode(") + bytes_of +
          ", 'hex') from webhook_events where id = $1::bigint",
      {std::to_string(id)}
  );
  event_bytes out;
  out.failure = answer.failure;
  if (answer.ok() && !answer.rows.empty() && answer.rows[0][0])
    out.body = hex_decode(*answer.rows[0][0]).value_or("");
  return out;
}

}  // namespace trunkline::admin
