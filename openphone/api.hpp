// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "openphone/retry.hpp"
#include "openphone/shapes.hpp"

// The provider's API: one call a function, failures as values.
namespace trunkline::openphone {

struct failure {
  bool away = false;     // no answer, or none that is final: nothing is known (exit 3)
  bool unknown = false;  // the request may have been carried out all the same
  int status = 0;        // 0: no answer
  std::string message;   // one line for people, without the API key
};

template <class Value>
struct answer {
  Value value{};
  std::optional<failure> wrong;
  bool ok() const { return !wrong; }
};
struct done {};

class api {
 public:
  // secret: taken out of whatever the provider says.
  api(std::unique_ptr<transport>, std::string secret, pace_clock = real_clock(), retry_notice = {});

  // user: whose, with v1; "" is the owner of the workspace. The current API lists all of them.
  answer<std::vector<webhook>> list(generation, const std::string& user = "");
  // Of several APIs, each webhook once.
  answer<std::vector<webhook>> list(const std::vector<generation>&, const std::string& user = "");
  answer<webhook> get(const std::string& id);
  // The value has the signing key; it is told this once.
  answer<webhook> create(generation, const new_webhook&);
  answer<done> remove(const std::string& id);
  answer<std::string> rotate(const std::string& id);  // the new key; current API only
  // Asks for a test event; the id inside it, or "".
  answer<std::string> test(const std::string& id, const std::string& event_type);
  answer<delivery_page> deliveries(const std::string& id, const delivery_filter&);
  answer<done> redeliver(const std::string& id, const std::string& delivery_id);
  answer<std::vector<recording>> recordings(generation, const std::string& call_id);

 private:
  http_answer send(const http_request&);
  failure explain(const http_request&, const http_answer&) const;
  template <class Value, class Parse>
  answer<Value> ask(const http_request&, int expected, Parse parse);

  std::unique_ptr<transport> transport_;
  std::string secret_;
  pacer pacer_;
};

}  // namespace trunkline::openphone
