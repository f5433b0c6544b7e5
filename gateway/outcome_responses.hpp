// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/outcome.hpp"

// The HTTP response of each outcome. No other file decides a status code.
namespace trunkline::gateway {

enum class response_kind {
  accepted,            // 200
  bad_request,         // 400
  forbidden,           // 403
  not_found,           // 404
  method_not_allowed,  // 405
  too_slow,            // 408
  no_length,           // 411
  too_large,           // 413
  unsupported_type,    // 415
  expectation_failed,  // 417
  header_too_large,    // 431
  unavailable,         // 503
};

constexpr response_kind response_to(outcome value) {
  switch (value) {
    case outcome::accepted:
      return response_kind::accepted;
    case outcome::missing:
    case outcome::malformed:
    case outcome::stale:
    case outcome::mismatch:
    case outcome::duplicate_header:
    case outcome::no_key:
      return response_kind::forbidden;
    case outcome::path:
      return response_kind::not_found;
    case outcome::method:
      return response_kind::method_not_allowed;
    case outcome::type:
      return response_kind::unsupported_type;
    case outcome::no_length:
      return response_kind::no_length;
    case outcome::too_large:
      return response_kind::too_large;
    case outcome::header_too_large:
      return response_kind::header_too_large;
    case outcome::too_slow:
      return response_kind::too_slow;
    case outcome::framing:
      return response_kind::bad_request;
    case outcome::expectation:
      return response_kind::expectation_failed;
    case outcome::not_connected:
    case outcome::overloaded:
    case outcome::lost:
    case outcome::timed_out:
    case outcome::oom:
    case outcome::misconf:
    case outcome::loading:
    case outcome::readonly:
    case outcome::noauth:
    case outcome::redis_error:
    case outcome::shedding:
    case outcome::weak_durability:
      break;
  }
  return response_kind::unavailable;
}

struct response_details {
  // Every response has one, so that it can be found in the log.
  std::string_view delivery_id;
  // http_date() of the current second.
  std::string_view date;
  // The connection ends after this response.
  bool close = false;
  // The response to HEAD has the header fields of GET and no body.
  bool without_body = false;
  // For response_kind::unavailable; 0 omits the field.
  int retry_after_s = 0;
};

// Appends the whole response, ready for one write. Bodies are fixed, so that they reveal nothing
// about the installation.
void append_response(std::string& out, response_kind, const response_details&);
int status_of(response_kind);

inline constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

// Returns "Sun, 06 Nov 1994 08:49:37 GMT", regardless of the locale.
std::string http_date(std::int64_t unix_seconds);

}  // namespace trunkline::gateway
