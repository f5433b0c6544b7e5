// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// One request over plain HTTP, blocking, with one deadline for all of it.
namespace trunkline::admin {

struct http_target {
  std::string host;
  std::string port;
  std::string path;
  std::string authority;  // host and port as the Host field shows them
};
// Takes http://HOST[:PORT][/PATH]; an empty path becomes the gateway's. Empty on success, else what
// is wrong.
std::string parse_http_url(std::string_view url, http_target& into);

struct http_answer {
  std::string problem;  // no answer at all, and why; empty: the rest is there
  bool sent = false;    // the request was written: the server may have taken it
  int status = 0;
  std::string delivery_id;  // Trunkline-Delivery-Id, or ""
  std::string body;
};
using http_fields = std::vector<std::pair<std::string, std::string>>;
http_answer http_post(
    const http_target&, const http_fields&, const std::string& body,
    std::chrono::milliseconds deadline
);
http_answer http_get(const http_target&, std::chrono::milliseconds deadline);

}  // namespace trunkline::admin
