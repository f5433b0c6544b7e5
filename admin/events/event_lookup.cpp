// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_lookup.hpp"

#include "common/text/encoding.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

int small_integer(const std::optional<std::string>& field) {
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
  out.attempts = small_integer(row[16]);
  out.claims = small_integer(row[17]);
  out.key_index = small_integer(row[18]);
  out.parser_version = small_integer(row[19]);
  out.size = std::stoll(row[20].value_or("0"));
  out.leased_until = row[21];
  return out;
}

std::string id_array(const std::vector<std::int64_t>& ids) {
  std::string out = "{";
  for (const auto id : ids) out += (out.size() > 1 ? "," : "") + std::to_string(id);
  return out + "}";
}

// Finds a deleted event by its row number or event id. Returns nullopt also if the record of
// deletions cannot be read.
std::optional<std::string> find_deleted(database& db, const std::string& id) {
  const auto result =
      db.query(sql::query("admin/find_deleted_event"), {id, is_row_number(id) ? id : "-1"});
  if (!result.ok() || result.rows.empty()) return std::nullopt;
  const auto& row = result.rows[0];
  return "deleted at " + row[0].value_or("") + " by " + row[1].value_or("") + " (row " +
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
  const auto result = db.query(sql::query("admin/show_events"), {id_array(named.ids)});
  out.failure = result.failure;
  for (const auto& row : result.rows) out.found.push_back(read_details(row));
  return out;
}

std::string describe_missing(const event_lookup& lookup, const std::string& id) {
  if (lookup.deleted) return "no event has the id " + id + ": " + *lookup.deleted;
  if (!lookup.searched_back) return "no event has the id " + id;
  return "no event since " + *lookup.searched_back + " has the id " + id +
         "; older events were not searched within the time limit; continue with 'trunkline events "
         "list --id " +
         id + " --received-before " + *lookup.searched_back + "'";
}

json_object as_json(const event_details& event) {
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

event_payload read_payload(database& db, std::int64_t id) {
  const auto result = db.query(sql::query("admin/event_payload"), {std::to_string(id)});
  event_payload out;
  out.failure = result.failure;
  if (result.ok() && !result.rows.empty() && result.rows[0][0])
    out.bytes = hex_decode(*result.rows[0][0]).value_or("");
  return out;
}

}  // namespace trunkline::admin
