// SPDX-License-Identifier: Apache-2.0
#include "gateway/request_decision.hpp"

#include <algorithm>

#include "gateway/routes.hpp"

namespace trunkline::gateway {
namespace {

bool is_unsigned(const signature::headers& headers) {
  return headers.hex.count + headers.legacy.count + headers.webhook_id.count +
             headers.webhook_timestamp.count + headers.webhook_signature.count ==
         0;
}

}  // namespace

bool is_json_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return type == "application/json" ||
         (type.find('/') != std::string::npos && type.ends_with("+json"));
}

std::optional<outcome> reject_head(const request_head& head, std::size_t max_body) {
  switch (match_route(head.path, head.method)) {
    case route_match::no_such_path:
      return outcome::path;
    case route_match::wrong_method:
      return outcome::method;
    case route_match::found:
      break;
  }
  if (head.expects_other) return outcome::expectation;
  if (!head.chunked && !head.length) return outcome::no_length;
  if (head.length.value_or(0) > max_body) return outcome::too_large;
  // A signed request of another type may be authentic, and an authentic delivery is never rejected
  // permanently.
  if (head.has_content_type && !is_json_type(head.content_type) && is_unsigned(head.signature))
    return outcome::type;
  return {};
}

std::optional<outcome> reject_expectation(const request_head& head) {
  if (const auto refusal = signature::check_form(head.signature)) return outcome_of(*refusal);
  return {};
}

decision decide(
    const signature::key_ring& keys, const signature::windows& windows, const request_head& head,
    std::string_view body, std::string delivery_id, std::int64_t now_ms
) {
  decision out;
  auto verdict = signature::verify(keys, head.signature, body, now_ms / 1000, windows);
  out.entry.delivery_id = std::move(delivery_id);
  if (!verdict.valid) {
    out.value = outcome_of(verdict.reason);
    out.detail = std::move(verdict.detail);
    return out;
  }
  out.entry.received_at_ms = now_ms;
  out.entry.scheme = verdict.decided_by.value_or(signature::scheme::hex);
  out.entry.key_index = static_cast<int>(verdict.key_index);
  out.entry.provider_delivery_id = verdict.provider_delivery_id;
  out.non_json_type = head.has_content_type && !is_json_type(head.content_type);
  return out;
}

outcome outcome_of(signature::refusal refusal) {
  switch (refusal) {
    case signature::refusal::missing:
      return outcome::missing;
    case signature::refusal::malformed:
      return outcome::malformed;
    case signature::refusal::stale:
      return outcome::stale;
    case signature::refusal::mismatch:
      return outcome::mismatch;
    case signature::refusal::doubled:
      return outcome::duplicate_header;
    case signature::refusal::no_key:
      return outcome::no_key;
  }
  return outcome::malformed;
}

}  // namespace trunkline::gateway
