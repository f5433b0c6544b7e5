// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/database.hpp"
#include "common/json/json_object.hpp"
#include "common/text/printable.hpp"

// One event row in whatever state, as people look it up.
namespace trunkline::admin {

// The rows that an id names: the row's number, an event id, a delivery id (ours or the provider's),
// a Redis entry id (a copy's as well), or the id of an activity or card.
struct found_ids {
  std::vector<std::int64_t> ids;  // in their order; at most 100
  std::optional<std::string>
      searched_back;  // none found back to here; older ones were not looked at
  std::optional<database_failure> failure;
};
// What has an index, or tells its own time, is found at once; the rest is looked for among the
// newest rows for that long.
found_ids find_ids(database&, const std::string& id, std::chrono::milliseconds time);

struct event_details {
  std::int64_t id = 0;
  std::string event_id, event_type, state, scheme, entry_id, delivery_id, received_at;
  std::optional<std::string> api_version, reason, sqlstate, next_attempt_at, leased_until,
      occurred_at, finished_at, activity_id, provider_delivery_id;
  int attempts = 0, claims = 0, key_index = 0, parser_version = 0;
  std::int64_t size = 0;  // bytes of the body
};
struct event_lookup {
  std::vector<event_details> found;
  std::optional<std::string> searched_back;
  std::optional<std::string> deleted;  // none found, but `dead delete` had it: when, and by whom
  std::optional<database_failure> failure;
};
event_lookup find_event(
    database&, const std::string& id,
    std::chrono::milliseconds time = std::chrono::milliseconds(900)
);
// What to say of an id that is the empty text, before anything is looked for.
inline constexpr const char* empty_id = "an id is empty: is a variable of the script not set?";
// "no event has the id ...", or how far that is known.
std::string describe_missing(const event_lookup&, const std::string& id);

// What `dead show` prints of it. raw_hint: the command that writes its bytes.
using text_lines = std::vector<std::vector<std::string>>;
text_lines as_lines(const event_details&, const std::string& raw_hint);
json_object to_json(const event_details&);

struct event_bytes {
  std::string body;  // exactly as received
  std::optional<database_failure> failure;
};
event_bytes read_bytes(database&, std::int64_t id);

// Digits alone, and not more than a bigint holds.
bool is_row_number(std::string_view text);
// When a delivery id was made (its first ten characters), in milliseconds since 1970.
std::optional<std::int64_t> time_of_delivery_id(std::string_view id);
// "1795194181310-0": the milliseconds.
std::optional<std::int64_t> time_of_entry_id(std::string_view id);

}  // namespace trunkline::admin
