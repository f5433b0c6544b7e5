// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>

#include "admin/database.hpp"

// Rows and copies in PostgreSQL of the provider's deliveries.
namespace trunkline::admin {

struct delivery_row {
  std::string row, state;
  // webhook-id, or empty for the older signature, which has none.
  std::string delivery;
  // Id of the stream entry.
  std::string entry;
};
struct delivery_rows {
  // By event_id.
  std::map<std::string, delivery_row> by_id;
  std::optional<database_failure> failure;
};
// ids are the ids of deliveries (webhook-id), or of events whose delivery had none.
delivery_rows find_delivery_rows(database&, const std::vector<std::string>& ids);

// Returns the newest row of webhook_events; later rows have greater ids.
std::int64_t newest_row(database&, std::optional<database_failure>& failure);

struct test_rows {
  std::vector<delivery_row> found;
  std::optional<database_failure> failure;
};
// Finds rows after that row, with that event id in the payload, or with that type if the event id
// is empty. Also finds copies, old ones included, of a row that arrived without a webhook-id: a
// second test event with the same bytes becomes a copy.
test_rows find_test_rows(
    database&, std::int64_t after, const std::string& event_id, const std::string& event_type
);

}  // namespace trunkline::admin
