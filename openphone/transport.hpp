// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// One HTTP exchange with the provider. libcurl stays in curl_transport.cpp.
namespace trunkline::openphone {

struct http_request {
  std::string method;                     // "GET"
  std::string target;                     // path and query, encoded: "/v1/webhooks"
  std::vector<std::string> headers = {};  // "Name: value", without the key
  std::string body = {};                  // JSON, or empty for none
  // Doing it twice has the effect of once: it may be sent again when its fate is not known.
  bool repeatable = true;
};

struct http_answer {
  int status = 0;  // 0: there was none, problem says why
  std::string body = {};
  std::optional<std::chrono::seconds> retry_after = {};
  std::string problem = {};
  bool sent = true;       // it may have reached the provider
  bool hopeless = false;  // trying again would not help: a certificate that is not trusted
};

class transport {
 public:
  virtual ~transport() = default;
  virtual http_answer exchange(const http_request&) = 0;
};

struct transport_settings {
  std::string url;                           // scheme, host and port
  std::string key;                           // sent as Authorization; never in a problem
  std::string ca_file;                       // empty: the system's
  std::chrono::milliseconds timeout{10000};  // of one exchange
};
// TLS is always verified, redirects are not followed: they could carry the key elsewhere.
std::unique_ptr<transport> make_transport(transport_settings);

}  // namespace trunkline::openphone
