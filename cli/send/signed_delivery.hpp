// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "common/signature/signature.hpp"
#include "admin/database.hpp"
#include "admin/http_client.hpp"
#include "cli/send/sample_events.hpp"

// One delivery through the whole pipe: signed, posted, awaited in Postgres, compared.
namespace trunkline::cli {

struct signed_delivery {
  http_fields fields;     // of the signature
  std::string event_key;  // hex; what webhook_events.event_key will be
};
// The ring must serve the scheme.
signed_delivery sign_delivery(
    const signature::key_ring&, signature::scheme, const std::string& body
);

struct step {
  enum class verdict { ok, failed, away };
  std::string name;  // event type or file
  verdict result = verdict::failed;
  bool go_on = true;  // false: further deliveries would end the same way
  bool accepted = false;
  bool may_come = false;    // its row may appear although it was not accepted
  std::string delivery_id;  // as answered, by refusals too
  std::string event_key;
  std::string state;        // of the event row; "" if it was not seen
  long long stored_ms = 0;  // from the answer to the row
  std::string note;         // what else there is to say; why, unless ok
};

struct pipe {
  const http_target& gateway;
  const signature::key_ring& ring;
  signature::scheme scheme;
  database& db;
  std::chrono::milliseconds timeout;
};
// A made-up event: its row must be processed and hold what is expected.
step send_sample(const pipe&, const sample&);
// Somebody's file: its row must be processed or ignored.
step send_file(const pipe&, const std::string& name, const std::string& body);

}  // namespace trunkline::cli
