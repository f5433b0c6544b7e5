// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>

#include "admin/database.hpp"

// What of the provider's deliveries is in Postgres.
namespace trunkline::admin {

struct arrival {
  std::string row, state;
  std::string delivery;  // webhook-id; "" where the signature was of the older kind, without one
  std::string entry;     // stream id
};
struct arrivals {
  std::map<std::string, arrival> by_id;  // event_id to row
  std::optional<database_failure> failure;
};
// ids: of deliveries (webhook-id), or of events where a delivery had none.
arrivals find_arrivals(database&, const std::vector<std::string>& ids);

// The newest row; what comes later has a greater id.
std::int64_t newest_row(database&, std::optional<database_failure>& failure);

struct test_arrivals {
  std::vector<arrival> found;
  std::optional<database_failure> failure;
};
// Rows with greater ids than that one, with that event id inside (or, if it is "", of that type);
// and copies, of whatever age, of a row with that event id that came without a webhook-id: the
// second sample with the same bytes is one.
test_arrivals find_tests(
    database&, std::int64_t after, const std::string& event_id, const std::string& event_type
);

}  // namespace trunkline::admin
