// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "openphone/models.hpp"
#include "openphone/retry.hpp"

// Client of the provider's API. A call returns a value or a failure.
namespace trunkline::openphone {

struct failure {
  // No response, or only a temporary error (429, 5xx).
  bool unreachable = false;
  // The request may have been carried out.
  bool outcome_unknown = false;
  // 0: no response.
  int status = 0;
  // One line, without the API key.
  std::string message;
};

template <class Value>
struct result {
  Value value{};
  std::optional<failure> error;
  bool ok() const { return !error; }
};
struct done {};

class api {
 public:
  // secret is removed from every message of the provider.
  api(std::unique_ptr<transport>, std::string secret, pace_clock = real_clock(), retry_notice = {});

  // Lists the webhooks of one API. v1 lists those of a user, by default the workspace's owner; the
  // current API lists all.
  result<std::vector<webhook>> list(generation, const std::string& user = "");
  // Lists the webhooks of several APIs, each once.
  result<std::vector<webhook>> list(const std::vector<generation>&, const std::string& user = "");
  result<webhook> get(const std::string& id);
  // Creates a webhook and returns it with its signing key, which is in no later response of the
  // current API.
  result<webhook> create(generation, const new_webhook&);
  result<done> remove(const std::string& id);
  // Replaces the signing key and returns the new one. Current API only.
  result<std::string> rotate(const std::string& id);
  // Requests a test event. Returns the id in its body, or an empty string if it has none.
  result<std::string> test(const std::string& id, const std::string& event_type);
  result<delivery_page> deliveries(const std::string& id, const delivery_filter&);
  result<done> redeliver(const std::string& id, const std::string& delivery_id);
  result<std::vector<recording>> recordings(generation, const std::string& call_id);

 private:
  http_response send(const http_request&);
  failure explain(const http_request&, const http_response&) const;
  template <class Value, class Parse>
  result<Value> call(const http_request&, int expected, Parse parse);

  std::unique_ptr<transport> transport_;
  std::string secret_;
  pacer pacer_;
};

}  // namespace trunkline::openphone
