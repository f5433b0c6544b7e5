// SPDX-License-Identifier: Apache-2.0
#include "openphone/api.hpp"

#include <algorithm>

#include "common/json/json_object.hpp"
#include "common/text/printable.hpp"

namespace trunkline::openphone {
namespace {

std::string advice(int status) {
  if (status == 401)
    return "; check OPENPHONE_API_KEY or --api-key-file (a new key takes 30 s to become valid)";
  if (status == 403) return "; this API key lacks the permission";
  if (status == 429) return "; too many requests with this API key, try again later";
  return "";
}

constexpr const char* may_be_done = "; the request may have been carried out";

std::string without(std::string text, const std::string& secret) {
  if (secret.empty()) return text;
  constexpr std::string_view instead = "***";  // may contain the secret: continue after it
  for (auto at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + instead.size()))
    text.replace(at, secret.size(), instead);
  return text;
}

}  // namespace

api::api(std::unique_ptr<transport> to, std::string secret, pace_clock clock, retry_notice notice)
    : transport_(std::move(to)),
      secret_(std::move(secret)),
      pacer_(*transport_, std::move(clock), std::move(notice)) {}

http_response api::send(const http_request& request) {
  return pacer_.send(request);
}

failure api::explain(const http_request& request, const http_response& response) const {
  failure out;
  out.status = response.status;
  out.unreachable = !response.permanent &&
                    (response.status == 0 || response.status == 429 || response.status >= 500);
  out.outcome_unknown = !request.repeatable && response.sent &&
                        (response.status == 0 || response.status >= 500 || response.status < 300);
  if (response.status == 0) {
    // Sent, but retrying would not help: there is a response that cannot be read.
    out.message = (!response.sent       ? "cannot connect to the provider: "
                   : response.permanent ? "cannot read the provider's response: "
                                        : "no response from the provider: ") +
                  response.error;
  } else {
    const std::string said = parse_error(response.body);
    out.message = "the provider responded " + std::to_string(response.status) +
                  (said.empty() ? "" : " " + shorten(said, 300)) + advice(response.status);
  }
  out.message = without(out.message, secret_);
  if (out.outcome_unknown) out.message += may_be_done;
  return out;
}

template <class Value, class Parse>
result<Value> api::call(const http_request& request, int expected, Parse parse) {
  const auto response = send(request);
  result<Value> out;
  if (response.status != expected) {
    out.error = explain(request, response);
  } else if (auto value = parse(response.body)) {
    out.value = std::move(*value);
  } else {
    out.error = failure{
        false, !request.repeatable, response.status,
        "the provider responded " + std::to_string(response.status) +
            " with an unexpected body to " + request.method + " " +
            request.target.substr(0, request.target.find('?')) +
            (request.repeatable ? "" : may_be_done)};
  }
  return out;
}

namespace {
std::optional<done> nothing(const std::string&) {
  return done{};
}

std::string words(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& word : all) out += (out.empty() ? "" : ", ") + word;
  return out.empty() ? "(none)" : out;
}
}  // namespace

result<std::vector<webhook>> api::list(generation which, const std::string& user) {
  return call<std::vector<webhook>>(list_request(which, user), 200, parse_webhooks);
}

result<std::vector<webhook>> api::list(
    const std::vector<generation>& which, const std::string& user
) {
  result<std::vector<webhook>> all;
  for (const auto each : which) {
    auto some = list(each, user);
    if (!some.ok()) return some;
    for (auto& item : some.value) {
      const bool seen =
          std::any_of(all.value.begin(), all.value.end(), [&item](const webhook& old) {
            return old.id == item.id;
          });
      if (!seen) all.value.push_back(std::move(item));
    }
  }
  return all;
}

result<webhook> api::get(const std::string& id) {
  return call<webhook>(get_request(id), 200, parse_webhook);
}

result<webhook> api::create(generation which, const new_webhook& wanted) {
  const auto request = create_request(which, wanted);
  if (!request) {
    result<webhook> out;
    out.error = failure{
        false, false, 0,
        "v1 cannot create one webhook for these events: " + shorten(words(wanted.events), 200)};
    return out;
  }
  return call<webhook>(*request, 201, parse_new_webhook);
}

result<done> api::remove(const std::string& id) {
  return call<done>(delete_request(id), 204, nothing);
}

result<std::string> api::rotate(const std::string& id) {
  return call<std::string>(rotate_request(id), 200, parse_key);
}

result<std::string> api::test(const std::string& id, const std::string& event_type) {
  return call<std::string>(test_request(id, event_type), 200, parse_sample_id);
}

result<delivery_page> api::deliveries(const std::string& id, const delivery_filter& filter) {
  return call<delivery_page>(deliveries_request(id, filter), 200, parse_deliveries);
}

result<done> api::redeliver(const std::string& id, const std::string& delivery_id) {
  return call<done>(redeliver_request(id, delivery_id), 202, nothing);
}

result<std::vector<recording>> api::recordings(generation which, const std::string& call_id) {
  return call<std::vector<recording>>(recordings_request(which, call_id), 200, parse_recordings);
}

}  // namespace trunkline::openphone
