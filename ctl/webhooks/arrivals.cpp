// SPDX-License-Identifier: Apache-2.0
#include "ctl/webhooks/arrivals.hpp"

#include "common/postgres/postgres.hpp"

namespace trunkline::ctl {

arrivals find_arrivals(database& db, const std::vector<std::string>& delivery_ids) {
  arrivals out;
  if (delivery_ids.empty()) return out;
  // event_id is the delivery id where there is one, and has an index.
  auto answer = db.query(
      "select event_id, id::text, state from webhook_events where event_id = any($1::text[])",
      {postgres::array_of(delivery_ids)}
  );
  out.failure = answer.failure;
  for (const auto& row : answer.rows)
    out.by_delivery[row[0].value_or("")] = {row[1].value_or(""), row[2].value_or("")};
  return out;
}

std::string database_now(database& db, std::optional<database_failure>& failure) {
  // received_at is set by the gateway, whose clock may be a little behind.
  auto answer = db.query("select (now() - interval '1 minute')::text");
  failure = answer.failure;
  return failure ? "" : answer.rows.at(0).at(0).value_or("");
}

test_arrival find_test(
    database& db, const std::string& since, const std::string& event_id,
    const std::string& event_type
) {
  auto answer = event_id.empty()
                    ? db.query(
                          "select id::text, state from webhook_events where received_at >= "
                          "$1::timestamptz and event_type = $2 order by id desc limit 1",
                          {since, event_type}
                      )
                    : db.query(
                          "select id::text, state from webhook_events where received_at >= "
                          "$1::timestamptz and payload ->> 'id' = $2 order by id desc limit 1",
                          {since, event_id}
                      );
  test_arrival out;
  out.failure = answer.failure;
  if (!answer.rows.empty())
    out.found = arrival{answer.rows[0][0].value_or(""), answer.rows[0][1].value_or("")};
  return out;
}

}  // namespace trunkline::ctl
