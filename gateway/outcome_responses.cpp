// SPDX-License-Identifier: Apache-2.0
#include "gateway/outcome_responses.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace trunkline::gateway {
namespace {

struct fixed_parts {
  int status;
  // Status line and all fields that never vary.
  std::string head;
  std::string body;
};

fixed_parts make(
    response_kind, int status, const std::string& reason, std::string body,
    const std::string& fields = ""
) {
  return {
      status,
      "HTTP/1.1 " + std::to_string(status) + " " + reason + "\r\n" + fields +
          "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\n",
      std::move(body)};
}

const fixed_parts& parts_of(response_kind kind) {
  // In the order of the enum.
  static const std::array all = {
      make(response_kind::accepted, 200, "OK", R"({"status":"accepted"})"),
      make(response_kind::bad_request, 400, "Bad Request", R"({"error":"bad request"})"),
      make(response_kind::forbidden, 403, "Forbidden", R"({"error":"invalid signature"})"),
      make(response_kind::not_found, 404, "Not Found", R"({"error":"not found"})"),
      make(
          response_kind::method_not_allowed, 405, "Method Not Allowed",
          R"({"error":"method not allowed"})", "Allow: POST\r\n"
      ),
      make(response_kind::too_slow, 408, "Request Timeout", R"({"error":"request timeout"})"),
      make(response_kind::no_length, 411, "Length Required", R"({"error":"length required"})"),
      make(response_kind::too_large, 413, "Content Too Large", R"({"error":"body too large"})"),
      make(
          response_kind::unsupported_type, 415, "Unsupported Media Type",
          R"({"error":"content type must be application/json"})", "Accept: application/json\r\n"
      ),
      make(
          response_kind::expectation_failed, 417, "Expectation Failed",
          R"({"error":"expectation failed"})"
      ),
      make(
          response_kind::header_too_large, 431, "Request Header Fields Too Large",
          R"({"error":"header fields too large"})"
      ),
      make(
          response_kind::unavailable, 503, "Service Unavailable", R"({"error":"try again later"})"
      ),
  };
  return all[static_cast<std::size_t>(kind)];
}

}  // namespace

void append_response(std::string& out, response_kind kind, const response_details& details) {
  const fixed_parts& fixed = parts_of(kind);
  out += fixed.head;
  if (details.retry_after_s > 0) {
    out += "Retry-After: ";
    out += std::to_string(details.retry_after_s);
    out += "\r\n";
  }
  out += "Trunkline-Delivery-Id: ";
  out += details.delivery_id;
  out += "\r\nDate: ";
  out += details.date;
  out += details.close ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n";
  if (!details.without_body) out += fixed.body;
}

int status_of(response_kind kind) {
  return parts_of(kind).status;
}

std::string http_date(std::int64_t unix_seconds) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = unix_seconds;
  std::tm at{};
  gmtime_r(&seconds, &at);
  char out[64];
  std::snprintf(
      out, sizeof out, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[at.tm_wday], at.tm_mday,
      months[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec
  );
  return out;
}

}  // namespace trunkline::gateway
