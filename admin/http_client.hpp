// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A blocking client for single requests over plain HTTP. One deadline covers the whole exchange.
namespace trunkline::admin {

struct http_target {
  std::string host;
  std::string port;
  std::string path;
  std::string authority;  // host and port as in the Host field
};
// Parses http://HOST[:PORT][/PATH]; an empty path becomes the gateway's. Returns the error, or "".
std::string parse_http_url(std::string_view url, http_target& into);

struct http_response {
  std::string error;  // why there is no response; empty if there is one
  bool sent = false;  // the request was written, so the server may have processed it
  int status = 0;
  std::string delivery_id;  // Trunkline-Delivery-Id, or ""
  std::string body;
};
using http_fields = std::vector<std::pair<std::string, std::string>>;
http_response http_post(
    const http_target&, const http_fields&, const std::string& body,
    std::chrono::milliseconds deadline
);
http_response http_get(const http_target&, std::chrono::milliseconds deadline);

}  // namespace trunkline::admin
