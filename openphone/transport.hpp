// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// One HTTP exchange with the provider. Only curl_transport.cpp uses libcurl.
namespace trunkline::openphone {

struct http_request {
  std::string method;
  // Path and query, encoded: "/v1/webhooks".
  std::string target;
  // "Name: value", without the API key.
  std::vector<std::string> headers = {};
  // JSON, or empty for none.
  std::string body = {};
  // Idempotent: the request may be repeated when its outcome is unknown.
  bool repeatable = true;
};

struct http_response {
  // 0: no response; error is set.
  int status = 0;
  std::string body = {};
  std::optional<std::chrono::seconds> retry_after = {};
  std::string error = {};
  // The request may have reached the provider.
  bool sent = true;
  // A repetition fails as well, for example because a certificate is not trusted.
  bool permanent = false;
};

class transport {
 public:
  virtual ~transport() = default;
  virtual http_response exchange(const http_request&) = 0;
};

struct transport_settings {
  // Scheme, host and port.
  std::string url;
  // Sent as Authorization; no error contains it.
  std::string key;
  // Empty: the system's certificates.
  std::string ca_file;
  // Limit of one exchange.
  std::chrono::milliseconds timeout{10000};
};
// TLS certificates are always verified. Redirects are not followed, because they could send the key
// to another host.
std::unique_ptr<transport> make_transport(transport_settings);

}  // namespace trunkline::openphone
