// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_story.hpp"

#include "admin/events/event_time.hpp"

namespace trunkline::admin {
namespace {

constexpr std::size_t most_copies = 100;

struct column {
  const char* name;
  std::string sql;
};
struct source {
  const char* table;
  std::vector<column> columns;
  const char* rows;  // "from ... where ...", with $1 the id of the activity or card
};

const char* const contact_of_activity =
    "from activities a join contacts c on c.id = a.contact_id where a.openphone_id = $1";

std::vector<source> sources() {
  return {
      {"activities",
       {{"id", "id::text"},
        {"openphone_id", "openphone_id"},
        {"activity_type", "activity_type"},
        {"direction", "direction"},
        {"from_number", "from_number"},
        {"to_numbers", "array_to_string(to_numbers, ', ')"},
        {"status", "status"},
        {"occurred_at", time_text("occurred_at")},
        {"duration_seconds", "duration_seconds::text"},
        {"body_characters", "char_length(body)::text"},
        {"updated_at", time_text("updated_at")}},
       "from activities where openphone_id = $1"},
      {"recordings",
       {{"recording_id", "recording_id"}, {"duration_seconds", "duration_seconds::text"}},
       "from recordings where call_openphone_id = $1 order by recording_id limit 20"},
      {"contact_cards",
       {{"id", "id::text"},
        {"card_id", "card_id"},
        {"deleted", "deleted::text"},
        {"phones", "array_to_string(phones, ', ')"},
        {"updated_at", time_text("updated_at")}},
       "from contact_cards where card_id = $1"},
      {"contacts",
       {{"id", "c.id::text"},
        {"phone", "c.phone"},
        {"name", "c.name"},
        {"updated_at", time_text("c.updated_at")}},
       contact_of_activity},
      {"contacts",
       {{"id", "c.id::text"},
        {"phone", "c.phone"},
        {"name", "c.name"},
        {"updated_at", time_text("c.updated_at")}},
       "from contact_cards k join contacts c on c.phone = any(k.phones) where k.card_id = $1 order "
       "by "
       "c.phone limit 20"},
      {"conversations",
       {{"id", "c.id::text"},
        {"openphone_id", "c.openphone_id"},
        {"party_key", "c.party_key"},
        {"last_activity_at", time_text("c.last_activity_at")},
        {"last_activity_id", "c.last_activity_id"}},
       "from activities a join conversations c on c.id = a.conversation_id where a.openphone_id = "
       "$1"},
  };
}

std::string select_of(const source& from) {
  std::string sql = "select ";
  for (const auto& each : from.columns)
    sql += (&each == &from.columns.front() ? "" : ", ") + each.sql;
  return sql + " " + from.rows;
}

void read_copies(database& db, const event_details& event, event_story& out) {
  const auto answer = db.query(
      "select c.entry_id, " + time_text("c.received_at") +
          " from event_copies c join webhook_events e using (event_key) where e.id = $1::bigint "
          "order by c.received_at, c.entry_id limit 101",
      {std::to_string(event.id)}
  );
  out.failure = answer.failure;
  for (const auto& row : answer.rows)
    out.copies.push_back({row[0].value_or(""), row[1].value_or("")});
  out.more_copies = out.copies.size() > most_copies;
  if (out.more_copies) out.copies.resize(most_copies);
}

}  // namespace

event_story read_story(database& db, const event_details& event) {
  event_story out;
  read_copies(db, event, out);
  if (out.failure || !event.activity_id) return out;
  for (const auto& from : sources()) {
    const auto answer = db.query(select_of(from), {*event.activity_id});
    out.failure = answer.failure;
    if (out.failure) return out;
    for (const auto& row : answer.rows) {
      touched_row touched{from.table, {}};
      for (std::size_t i = 0; i < from.columns.size(); ++i)
        touched.fields.push_back({from.columns[i].name, row[i]});
      out.touched.push_back(std::move(touched));
    }
  }
  return out;
}

}  // namespace trunkline::admin
