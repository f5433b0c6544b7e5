// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_effects.hpp"

#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

constexpr std::size_t max_copies = 100;

struct effect_query {
  const char* table;
  const char* name;  // $1: the id of the activity or card
};
constexpr effect_query effect_queries[] = {
    {"activities", "admin/effects/activities"},
    {"recordings", "admin/effects/recordings"},
    {"contact_cards", "admin/effects/contact_cards"},
    {"contacts", "admin/effects/contacts_of_activity"},
    {"contacts", "admin/effects/contacts_of_card"},
    {"conversations", "admin/effects/conversations"}};

void read_copies(database& db, const event_details& event, event_effects& out) {
  const auto result = db.query(sql::query("admin/list_event_copies"), {std::to_string(event.id)});
  out.failure = result.failure;
  for (const auto& row : result.rows)
    out.copies.push_back({row[0].value_or(""), row[1].value_or("")});
  out.more_copies = out.copies.size() > max_copies;
  if (out.more_copies) out.copies.resize(max_copies);
}

}  // namespace

event_effects read_effects(database& db, const event_details& event) {
  event_effects out;
  read_copies(db, event, out);
  if (out.failure || !event.activity_id) return out;
  for (const auto& query : effect_queries) {
    const auto result = db.query(sql::query(query.name), {*event.activity_id});
    out.failure = result.failure;
    if (out.failure) return out;
    for (const auto& row : result.rows) {
      affected_row affected{query.table, {}};
      for (std::size_t i = 0; i < row.size(); ++i)
        affected.fields.push_back({result.columns[i], row[i]});
      out.rows.push_back(std::move(affected));
    }
  }
  return out;
}

}  // namespace trunkline::admin
