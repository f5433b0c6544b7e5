// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "openphone/transport.hpp"

// What goes to the provider and what comes back: pure functions.
namespace trunkline::openphone {

// The provider's two APIs: v1 with its four kinds of webhooks, and the one of 2026-03-30.
enum class generation { v1, current };
std::string_view to_string(generation);  // "v1", "2026-03-30"
// By the form of a webhook's id: digits are of the current API.
generation generation_of(std::string_view id);
// Letters, digits, - and _; at most 255. Anything else is no id of the provider's.
bool is_id(std::string_view);

struct webhook {
  generation made_by = generation::current;
  std::string id, url, status, label, created_at;
  std::string key;   // signing key where told, else empty: never printed by list
  std::string user;  // whose it is; v1 only
  std::vector<std::string> events, resources;
};

struct new_webhook {
  std::string url, label;
  std::vector<std::string> events, resources;
  std::string user = {};    // v1: whose it is to be; empty: the owner of the workspace
  std::string status = {};  // empty: enabled
};

struct delivery {
  std::string id, event_id, event_type, resource_id, status, created_at, next_attempt_at;
};
struct delivery_page {
  std::vector<delivery> items;
  std::string next;  // cursor; empty: the last page
};
struct delivery_filter {
  std::string status, event_type, since;  // empty: all
  std::string after;                      // cursor
};

struct recording {
  std::string id, status, url, type, start_time;
  std::optional<double> duration;  // seconds
};

// The events that each kind of v1 webhook may carry; each kind has a path of its own.
struct v1_kind {
  std::string_view path;
  std::vector<std::string> events;
};
const std::vector<v1_kind>& v1_kinds();
// All events of an API that Trunkline makes rows of.
std::vector<std::string> default_events(generation);
std::vector<std::string> known_events();  // of any of them, each once

// Requests.
http_request list_request(generation, const std::string& user = "");
http_request get_request(const std::string& id);
// nullopt: v1, and the events are not all of one kind.
std::optional<http_request> create_request(generation, const new_webhook&);
http_request delete_request(const std::string& id);
http_request rotate_request(const std::string& id);
http_request test_request(const std::string& id, const std::string& event_type);
http_request deliveries_request(const std::string& id, const delivery_filter&);
http_request redeliver_request(const std::string& id, const std::string& delivery_id);
http_request recordings_request(generation, const std::string& call_id);

// Answers; nullopt: not the shape that was agreed. Unknown members are passed over.
std::optional<std::vector<webhook>> parse_webhooks(const std::string& body);
std::optional<webhook> parse_webhook(const std::string& body);
std::optional<webhook> parse_new_webhook(const std::string& body);  // with its key
std::optional<std::string> parse_key(const std::string& body);
std::optional<std::string> parse_sample_id(const std::string& body);  // "" where it has none
std::optional<delivery_page> parse_deliveries(const std::string& body);
std::optional<std::vector<recording>> parse_recordings(const std::string& body);
// What an error says, of any generation; empty where it says nothing.
std::string parse_error(const std::string& body);

}  // namespace trunkline::openphone
