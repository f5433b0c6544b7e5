// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <set>

#include "admin/webhooks/delivery_rows.hpp"
#include "admin/webhooks/stream_scan.hpp"
#include "admin/webhooks/webhook_error.hpp"
#include "common/process/common_options.hpp"

// Test events of the provider. All of them have the same event id, and the provider's log names
// none. A test event is therefore recognised as new: a later stream entry, and a delivery that was
// not in the log before.
namespace trunkline::admin {

// The location of a test event without a row.
struct delivery_location {
  bool log_read = false;
  // From the provider's log; empty if it is not there.
  std::string delivery, status;
  // Waits for a worker; nullopt if unknown.
  std::optional<bool> in_redis;
  // Requests of any sender that the gateways rejected since.
  std::int64_t rejected = 0;
  // "mismatch 2".
  std::string rejected_by_reason;
};

class test_delivery {
 public:
  test_delivery(
      openphone::api&, const config::common_options&, std::string webhook_id, std::string event_type
  );
  // Records the current state. Call it before the first request().
  std::optional<webhook_error> prepare();
  // Requests a test event.
  std::optional<webhook_error> request();
  // Sets found if a requested test event has a row.
  std::optional<webhook_error> find(std::optional<delivery_row>& found);
  // Locates a test event that has no row.
  delivery_location locate();

  // Id in the body of the test event; may be empty.
  const std::string& event_id() const { return event_id_; }

 private:
  openphone::result<openphone::delivery_page> read_provider_log();
  void search_stream(delivery_location&);
  void count_rejections(delivery_location&);

  openphone::api& api_;
  std::string webhook_id_, event_type_, event_id_;
  database db_;
  stream_scan redis_;
  // State at prepare(): deliveries in the provider's log, newest stream entry and row, rejections.
  std::set<std::string> known_;
  std::string entry_;
  std::int64_t row_ = 0;
  stream_scan::rejections rejected_;
};

struct test_report {
  std::string webhook, event_type, event_id;
  std::optional<delivery_row> found;
  // Set if no row was found.
  delivery_location location;
  std::chrono::milliseconds waited{0};
};
// Returns docs/json/webhooks-test.json.
std::string as_json(const test_report&);

}  // namespace trunkline::admin
