// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin/database.hpp"
#include "common/json/json_object.hpp"

// Looks up events of any state by any of their ids.
namespace trunkline::admin {

// The rows that an id names: the row number, an event id, a delivery id (ours or the provider's), a
// stream entry id (also of a copy), or the id of an activity or card.
struct found_ids {
  std::vector<std::int64_t> ids;  // sorted; at most 100
  // Set if the search timed out without a row: older events were not searched.
  std::optional<std::string> searched_back;
  std::optional<database_failure> failure;
};
// Finds ids that have an index, or that contain a time, immediately. Searches for other ids among
// the newest rows for `time`.
found_ids find_ids(database&, const std::string& id, std::chrono::milliseconds time);

struct event_details {
  std::int64_t id = 0;
  std::string event_id, event_type, state, scheme, entry_id, delivery_id, received_at;
  std::optional<std::string> api_version, reason, sqlstate, next_attempt_at, leased_until,
      occurred_at, finished_at, activity_id, provider_delivery_id;
  int attempts = 0, claims = 0, key_index = 0, parser_version = 0;
  std::int64_t size = 0;  // of the payload, in bytes
};
struct event_lookup {
  std::vector<event_details> found;
  std::optional<std::string> searched_back;
  std::optional<std::string> deleted;  // by `dead delete`: when, and by whom
  std::optional<database_failure> failure;
};
event_lookup find_event(
    database&, const std::string& id,
    std::chrono::milliseconds time = std::chrono::milliseconds(900)
);
// The error for an empty id.
inline constexpr const char* empty_id = "an id is empty; check the variables of the script";
// Returns "no event has the id ...", and how far back it was searched for.
std::string describe_missing(const event_lookup&, const std::string& id);

json_object as_json(const event_details&);

struct event_payload {
  std::string bytes;  // exactly as received
  std::optional<database_failure> failure;
};
event_payload read_payload(database&, std::int64_t id);

// Returns whether the text has only digits and fits into a bigint.
bool is_row_number(std::string_view text);
// Returns the time of a delivery id (its first ten characters), in milliseconds since 1970.
std::optional<std::int64_t> time_of_delivery_id(std::string_view id);
// Returns the time of an entry id ("1795194181310-0"), in milliseconds since 1970.
std::optional<std::int64_t> time_of_entry_id(std::string_view id);

}  // namespace trunkline::admin
