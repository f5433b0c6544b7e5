// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>

#include "ctl/database.hpp"

// What of the provider's deliveries is in Postgres.
namespace trunkline::ctl {

struct arrival {
  std::string row, state;
};
struct arrivals {
  std::map<std::string, arrival> by_delivery;  // webhook-id to row
  std::optional<database_failure> failure;
};
arrivals find_arrivals(database&, const std::vector<std::string>& delivery_ids);

struct test_arrival {
  std::optional<arrival> found;
  std::optional<database_failure> failure;
};
// Now by Postgres' clock, which is not ours.
std::string database_now(database&, std::optional<database_failure>& failure);
// A row since then that carries the event id inside (or, if there is none, an event of that type).
test_arrival find_test(
    database&, const std::string& since, const std::string& event_id, const std::string& event_type
);

}  // namespace trunkline::ctl
