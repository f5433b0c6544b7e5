// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/delivery_rows.hpp"

#include <algorithm>

#include "common/postgres/postgres.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

delivery_row read(const database_row& row) {
  return {row[0].value_or(""), row[1].value_or(""), row[2].value_or(""), row[3].value_or("")};
}

}  // namespace

delivery_rows find_delivery_rows(database& db, const std::vector<std::string>& ids) {
  constexpr std::size_t at_once = 500;
  delivery_rows out;
  for (std::size_t from = 0; from < ids.size() && !out.failure; from += at_once) {
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(at_once, ids.size() - from);
    auto result = db.query(
        std::string(sql::query("admin/webhooks/find_delivery_rows")),
        {postgres::array_of({begin, begin + static_cast<std::ptrdiff_t>(count)})}
    );
    out.failure = result.failure;
    for (const auto& row : result.rows) out.by_id[row[4].value_or("")] = read(row);
  }
  return out;
}

std::int64_t newest_row(database& db, std::optional<database_failure>& failure) {
  auto result = db.query(std::string(sql::query("admin/webhooks/newest_event")));
  failure = result.failure;
  return failure ? 0 : std::stoll(result.rows.at(0).at(0).value_or("0"));
}

test_rows find_test_rows(
    database& db, std::int64_t after, const std::string& event_id, const std::string& event_type
) {
  test_rows out;
  const auto take = [&out](const query_result& result) {
    out.failure = result.failure;
    for (const auto& row : result.rows) out.found.push_back(read(row));
  };
  take(db.query(
      std::string(sql::query("admin/webhooks/find_test_events")),
      {std::to_string(after), event_type, event_id}
  ));
  if (out.failure || event_id.empty()) return out;
  take(db.query(std::string(sql::query("admin/webhooks/find_test_copies")), {event_id}));
  return out;
}

}  // namespace trunkline::admin
