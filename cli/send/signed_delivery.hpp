// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "admin/database.hpp"
#include "admin/http_client.hpp"
#include "cli/send/sample_events.hpp"
#include "common/signature/signature.hpp"

// A signed test delivery: it is sent to the gateway, awaited in PostgreSQL and compared with what
// is expected.
namespace trunkline::cli {

using namespace admin;

struct delivery_signature {
  http_fields fields;
  std::string event_key;  // of the row in webhook_events, in hexadecimal digits
};
// Signs a body. The key ring must serve the scheme.
delivery_signature sign_delivery(
    const signature::key_ring&, signature::scheme, const std::string& body
);

struct delivery_result {
  enum class status { ok, failed, unreachable };
  std::string name;  // event type or file
  status result = status::failed;
  bool stop = false;  // further deliveries would fail in the same way
  bool accepted = false;
  bool may_arrive = false;  // not accepted, but its event may still be written
  std::string delivery_id;  // from the response of the gateway
  std::string event_key;
  std::string state;        // of the event; "" if there is no row
  long long stored_ms = 0;  // from the response to the row
  std::string note;         // why it failed, or a remark
};

struct delivery_target {
  const http_target& gateway;
  const signature::key_ring& ring;
  signature::scheme scheme;
  database& db;
  std::chrono::milliseconds wait;  // maximum wait for the row
};
// Sends a sample event. It succeeds if the event is processed and its activity is as expected.
delivery_result deliver_sample(const delivery_target&, const sample&);
// Sends the bytes of a file. It succeeds if the event is processed or ignored.
delivery_result deliver_file(
    const delivery_target&, const std::string& name, const std::string& body
);

}  // namespace trunkline::cli
