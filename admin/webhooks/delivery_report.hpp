// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/webhooks/delivery_locator.hpp"
#include "admin/webhooks/delivery_log.hpp"
#include "admin/webhooks/webhook_error.hpp"

// The provider's delivery log, compared with PostgreSQL and Redis.
namespace trunkline::admin {

struct delivery_line {
  log_entry log;
  located_delivery here;
  bool redelivery_requested = false;
};

struct delivery_report {
  // All deliveries that were read.
  std::vector<delivery_line> lines;
  // Maximum to list.
  std::size_t limit = 0;
  // List only missing and unknown deliveries.
  bool only_missing = false;
  // The provider's log was not read to its end.
  bool log_cut = false;
  // False: Redis was not searched to its end; redis_error is set if it could not be read.
  bool whole_queue = true;
  std::string redis_error;

  std::size_t count(place) const;
  std::size_t redeliveries_requested() const;
};

// The deliveries to list.
struct delivery_list {
  std::vector<const delivery_line*> lines;
  bool more = false;
};
delivery_list list_of(const delivery_report&);

// Returns docs/json/webhooks-deliveries.json and a line feed.
std::string as_json(const delivery_report&);

struct log_query {
  // Empty selects all webhooks of the current API.
  std::vector<std::string> webhooks;
  std::chrono::milliseconds max_age{0};
  // Empty: any.
  std::string status;
  log_bounds bounds;
};
// Calls progress with the number of deliveries after each page.
std::optional<webhook_error> read_logs(
    openphone::api&, const log_query&, log_reading& into,
    const std::function<void(std::size_t)>& progress
);

// Adds the deliveries of the log and their places to the report.
std::optional<webhook_error> locate_deliveries(
    const config::common_options&, const log_reading&, delivery_report& into
);

// Returns true if the delivery is missing and the provider no longer repeats it automatically.
bool needs_redelivery(const delivery_line&);

// Requests the redelivery of all such deliveries; stops if the provider is unreachable. Calls
// progress with the number of requests after each. Returns the failures.
std::vector<openphone::failure> request_redeliveries(
    openphone::api&, delivery_report&, const std::function<void(std::size_t)>& progress
);

}  // namespace trunkline::admin
