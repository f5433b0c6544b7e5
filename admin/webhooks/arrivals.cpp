// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/arrivals.hpp"

#include <algorithm>

#include "common/postgres/postgres.hpp"

namespace trunkline::admin {
namespace {

arrival read(const database_row& row) {
  return {row[0].value_or(""), row[1].value_or(""), row[2].value_or(""), row[3].value_or("")};
}

}  // namespace

arrivals find_arrivals(database& db, const std::vector<std::string>& ids) {
  constexpr std::size_t at_once = 500;
  arrivals out;
  for (std::size_t from = 0; from < ids.size() && !out.failure; from += at_once) {
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(at_once, ids.size() - from);
    // event_id is the delivery id where there is one, and has an index.
    auto answer = db.query(
        "select id::text, state, coalesce(provider_delivery_id, ''), entry_id, event_id from "
        "webhook_events where event_id = any($1::text[])",
        {postgres::array_of({begin, begin + static_cast<std::ptrdiff_t>(count)})}
    );
    out.failure = answer.failure;
    for (const auto& row : answer.rows) out.by_id[row[4].value_or("")] = read(row);
  }
  return out;
}

std::int64_t newest_row(database& db, std::optional<database_failure>& failure) {
  auto answer = db.query("select coalesce(max(id), 0) from webhook_events");
  failure = answer.failure;
  return failure ? 0 : std::stoll(answer.rows.at(0).at(0).value_or("0"));
}

test_arrivals find_tests(
    database& db, std::int64_t after, const std::string& event_id, const std::string& event_type
) {
  test_arrivals out;
  const auto take = [&out](const query_result& answer) {
    out.failure = answer.failure;
    for (const auto& row : answer.rows) out.found.push_back(read(row));
  };
  take(db.query(
      "select id::text, state, coalesce(provider_delivery_id, ''), entry_id from webhook_events "
      "where id > $1::bigint and event_type = $2 and ($3 = '' or payload ->> 'id' = $3) "
      "order by id limit 100",
      {std::to_string(after), event_type, event_id}
  ));
  if (out.failure || event_id.empty()) return out;
  take(db.query(
      "select e.id::text, e.state, '', c.entry_id from webhook_events e "
      "join event_copies c on c.event_key = e.event_key "
      "where e.event_id = $1 and e.provider_delivery_id is null "
      "order by c.received_at desc limit 100",
      {event_id}
  ));
  return out;
}

}  // namespace trunkline::admin
