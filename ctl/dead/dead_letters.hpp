// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ctl/database.hpp"

// Dead letters in Postgres: what `trunkline dead` reads and what a replay changes.
namespace trunkline::ctl {

// Which event rows are meant. Only rows in state dead are ever selected by it.
struct dead_filter {
  std::string type;                                     // exact event type; "" any
  std::string error;                                    // part of the reason, any case; "" any
  std::optional<std::chrono::milliseconds> since = {};  // died within this time
  int limit = 50;
};

struct dead_letter {
  std::int64_t id = 0;
  std::string event_id, event_type, reason;
  int attempts = 0;
  std::string finished_at;        // UTC
  std::chrono::milliseconds age;  // since it died
};

struct dead_letters {
  std::vector<dead_letter> letters;  // newest first
  bool more = false;                 // the filter fits more than its limit
  std::optional<database_failure> failure;
};
dead_letters find_dead(database&, const dead_filter&);

// One event row in whatever state, as people look it up.
struct event_details {
  std::int64_t id = 0;
  std::string event_id, event_type, state, scheme, entry_id, delivery_id, received_at;
  std::optional<std::string> api_version, reason, sqlstate, next_attempt_at, occurred_at,
      finished_at, activity_id, provider_delivery_id;
  int attempts = 0, claims = 0, key_index = 0, parser_version = 0;
  std::int64_t size = 0;  // bytes of the body
};
struct event_lookup {
  std::vector<event_details> found;  // an event id may name several rows
  std::optional<database_failure> failure;
};
// id: the row's number, our delivery id, the provider's, the event id, or the Redis entry id.
event_lookup find_event(database&, const std::string& id);

struct event_bytes {
  std::string body;  // exactly as received
  std::optional<database_failure> failure;
};
event_bytes read_bytes(database&, std::int64_t id);

// Back to `retrying`, due at once, with all attempts ahead; the reason is kept until the next one.
// Rows that are not dead (any more) are left alone.
struct replayed {
  std::vector<std::int64_t> ids;
  std::optional<database_failure> failure;
};
replayed replay(database&, const std::vector<std::int64_t>& ids);

}  // namespace trunkline::ctl
