// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "common/json/json_object.hpp"
#include "common/text/printable.hpp"
#include "openphone/models.hpp"

namespace trunkline::openphone {
namespace {

constexpr const char* version_header = "Quo-Api-Version: 2026-03-30";

http_request current(std::string method, std::string target, std::string body = "") {
  return {std::move(method), std::move(target), {version_header}, std::move(body)};
}

std::string escape(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

// Ids are validated on input; an invalid one must never become part of a path.
const std::string& checked(const std::string& id) {
  if (!is_id(id)) throw std::invalid_argument("not an id of the provider");
  return id;
}

// Returns the kind that delivers all of these events, or null.
const v1_kind* kind_of(const std::vector<std::string>& events) {
  const auto carries = [&events](const v1_kind& kind) {
    return std::all_of(events.begin(), events.end(), [&kind](const std::string& event) {
      return std::count(kind.events.begin(), kind.events.end(), event) > 0;
    });
  };
  const auto& kinds = v1_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(), carries);
  return events.empty() || found == kinds.end() ? nullptr : &*found;
}

std::string path_of(const std::string& id) {
  return (generation_of(id) == generation::v1 ? "/v1/webhooks/" : "/webhooks/") + checked(id);
}

}  // namespace

std::string_view to_string(generation which) {
  return which == generation::v1 ? "v1" : "2026-03-30";
}

generation generation_of(std::string_view id) {
  const bool digits =
      std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isdigit(c); });
  return digits ? generation::current : generation::v1;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '-' || c == '_';
         });
}

const std::vector<v1_kind>& v1_kinds() {
  static const std::vector<v1_kind> kinds = {
      {"messages", {"message.received", "message.delivered"}},
      {"calls", {"call.completed", "call.ringing", "call.recording.completed"}},
      {"call-summaries", {"call.summary.completed"}},
      {"call-transcripts", {"call.transcript.completed"}}};
  return kinds;
}

std::vector<std::string> default_events(generation which) {
  if (which == generation::v1) {
    std::vector<std::string> all;
    for (const auto& kind : v1_kinds())
      all.insert(all.end(), kind.events.begin(), kind.events.end());
    return all;
  }
  return {
      "message.received",
      "message.delivered",
      "message.failed",
      "message.undelivered",
      "call.ringing",
      "call.answered",
      "call.completed",
      "call.missed",
      "call.forwarded",
      "call.menu.selected",
      "call.recording.completed",
      "call.summary.completed",
      "call.transcript.completed",
      "call.voicemail.completed",
      "contact.updated",
      "contact.deleted"};
}

std::vector<std::string> known_events() {
  auto all = default_events(generation::current);
  for (auto& event : default_events(generation::v1))
    if (std::find(all.begin(), all.end(), event) == all.end()) all.push_back(std::move(event));
  return all;
}

http_request list_request(generation which, const std::string& user) {
  if (which == generation::current) return current("GET", "/webhooks");
  return {"GET", user.empty() ? "/v1/webhooks" : "/v1/webhooks?userId=" + escape(user)};
}

http_request get_request(const std::string& id) {
  auto request = current("GET", path_of(id));
  if (generation_of(id) == generation::v1) request.headers.clear();
  return request;
}

std::optional<http_request> create_request(generation which, const new_webhook& wanted) {
  json_object body;
  body.text("url", wanted.url).strings("events", wanted.events);
  if (!wanted.label.empty()) body.text("label", wanted.label);
  if (!wanted.resources.empty()) body.strings("resourceIds", wanted.resources);
  if (!wanted.status.empty()) body.text("status", wanted.status);
  if (which == generation::v1 && !wanted.user.empty()) body.text("userId", wanted.user);
  http_request request = current("POST", "/webhooks", body.str());
  if (which == generation::v1) {
    const auto* kind = kind_of(wanted.events);
    if (kind == nullptr) return std::nullopt;
    request.target = "/v1/webhooks/" + std::string(kind->path);
    request.headers.clear();
  }
  request.repeatable = false;  // would create two webhooks
  return request;
}

http_request delete_request(const std::string& id) {
  auto request = current("DELETE", path_of(id));
  if (generation_of(id) == generation::v1) request.headers.clear();
  return request;
}

http_request rotate_request(const std::string& id) {
  auto request = current("POST", path_of(id) + "/rotate", "{}");
  request.repeatable = false;  // each creates another key
  return request;
}

http_request test_request(const std::string& id, const std::string& event_type) {
  auto request = current(
      "POST", path_of(id) + "/events/test", json_object().text("eventType", event_type).str()
  );
  request.repeatable = false;
  return request;
}

http_request deliveries_request(const std::string& id, const delivery_filter& filter) {
  std::string target = path_of(id) + "/events?limit=50";
  const auto add = [&target](const char* name, const std::string& value) {
    if (!value.empty()) target += "&" + escape(name) + "=" + escape(value);
  };
  add("after", filter.after);
  add("status", filter.status);
  add("eventType", filter.event_type);
  add("createdAt[gt]", filter.since);
  return current("GET", target);
}

http_request redeliver_request(const std::string& id, const std::string& delivery_id) {
  // Repeating is harmless: both copies have the same webhook-id and become one event.
  return current("POST", path_of(id) + "/events/" + checked(delivery_id) + "/retry", "{}");
}

http_request recordings_request(generation which, const std::string& call_id) {
  return which == generation::v1 ? http_request{"GET", "/v1/call-recordings/" + checked(call_id)}
                                 : current("GET", "/calls/" + checked(call_id) + "/recordings");
}

}  // namespace trunkline::openphone
