// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "openphone/transport.hpp"

// Types of the provider's API, its requests, and the parsers of its responses. Pure functions.
namespace trunkline::openphone {

// The provider's two APIs: v1 with four kinds of webhooks, and 2026-03-30.
enum class generation { v1, current };
// Returns "v1" or "2026-03-30".
std::string_view to_string(generation);
// Returns the API of a webhook by its id: digits belong to the current API.
generation generation_of(std::string_view id);
// Returns true for 1 to 255 letters, digits, - and _.
bool is_id(std::string_view);

struct webhook {
  generation api_generation = generation::current;
  std::string id, url, status, label, created_at;
  // Signing key, or empty if the response has none. Lists never print it.
  std::string key;
  // Owner; v1 only.
  std::string user;
  std::vector<std::string> events, resources;
};

struct new_webhook {
  std::string url, label;
  std::vector<std::string> events, resources;
  // Owner of a webhook of v1; empty: the workspace's owner.
  std::string user = {};
  // Empty: enabled.
  std::string status = {};
};

struct delivery {
  std::string id, event_id, event_type, resource_id, status, created_at, next_attempt_at;
};
struct delivery_page {
  std::vector<delivery> items;
  // Cursor; empty: this is the last page.
  std::string next;
};
struct delivery_filter {
  // Empty: all.
  std::string status, event_type, since;
  // Cursor.
  std::string after;
};

struct recording {
  std::string id, status, url, type, start_time;
  // In seconds.
  std::optional<double> duration;
};

// A kind of v1 webhooks: its path, and the events that it can deliver.
struct v1_kind {
  std::string_view path;
  std::vector<std::string> events;
};
const std::vector<v1_kind>& v1_kinds();
// Returns the events of an API that Trunkline applies.
std::vector<std::string> default_events(generation);
// Returns the events of both APIs, each once.
std::vector<std::string> known_events();

// Requests.
http_request list_request(generation, const std::string& user = "");
http_request get_request(const std::string& id);
// Returns nullopt if v1 has no kind of webhook with all of these events.
std::optional<http_request> create_request(generation, const new_webhook&);
http_request delete_request(const std::string& id);
http_request rotate_request(const std::string& id);
http_request test_request(const std::string& id, const std::string& event_type);
http_request deliveries_request(const std::string& id, const delivery_filter&);
http_request redeliver_request(const std::string& id, const std::string& delivery_id);
http_request recordings_request(generation, const std::string& call_id);

// Responses. Parsers return nullopt if a required member is missing or has another type, and ignore
// unknown members.
std::optional<std::vector<webhook>> parse_webhooks(const std::string& body);
std::optional<webhook> parse_webhook(const std::string& body);
// Requires the signing key.
std::optional<webhook> parse_new_webhook(const std::string& body);
std::optional<std::string> parse_key(const std::string& body);
// Returns an empty string if the test event has no id.
std::optional<std::string> parse_sample_id(const std::string& body);
std::optional<delivery_page> parse_deliveries(const std::string& body);
std::optional<std::vector<recording>> parse_recordings(const std::string& body);
// Returns the message of an error response of either API, or an empty string.
std::string parse_error(const std::string& body);

}  // namespace trunkline::openphone
