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

constexpr const char* maybe_done = "; the request may have been carried out";

std::string without(std::string text, const std::string& secret) {
  if (secret.empty()) return text;
  constexpr std::string_view instead = "***";  // may itself hold the secret: go on behind it
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

http_answer api::send(const http_request& request) {
  return pacer_.send(request);
}

failure api::explain(const http_request& request, const http_answer& got) const {
  failure out;
  out.status = got.status;
  out.away = !got.hopeless && (got.status == 0 || got.status == 429 || got.status >= 500);
  out.unknown =
      !request.repeatable && got.sent && (got.status == 0 || got.status >= 500 || got.status < 300);
  if (got.status == 0) {
    // Sent, but retrying would not help: there is a response that cannot be read.
    out.message = (!got.sent        ? "cannot connect to the provider: "
                   : got.hopeless ? "cannot read the provider's response: "
                                    : "no response from the provider: ") +
                  got.problem;
  } else {
    const std::string said = parse_error(got.body);
    out.message = "the provider responded " + std::to_string(got.status) +
                  (said.empty() ? "" : " " + shorten(said, 300)) + advice(got.status);
  }
  out.message = without(out.message, secret_);
  if (out.unknown) out.message += maybe_done;
  return out;
}

template <class Value, class Parse>
answer<Value> api::ask(const http_request& request, int expected, Parse parse) {
  const auto got = send(request);
  answer<Value> out;
  if (got.status != expected) {
    out.wrong = explain(request, got);
  } else if (auto value = parse(got.body)) {
    out.value = std::move(*value);
  } else {
    out.wrong = failure{
        false, !request.repeatable, got.status,
        "the provider responded " + std::to_string(got.status) +
            " with an unexpected body to " + request.method + " " +
            request.target.substr(0, request.target.find('?')) +
            (request.repeatable ? "" : maybe_done)};
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

answer<std::vector<webhook>> api::list(generation which, const std::string& user) {
  return ask<std::vector<webhook>>(list_request(which, user), 200, parse_webhooks);
}

answer<std::vector<webhook>> api::list(
    const std::vector<generation>& which, const std::string& user
) {
  answer<std::vector<webhook>> all;
  for (const auto each : which) {
    auto some = list(each, user);
    if (!some.ok()) return some;
    for (auto& hook : some.value) {
      const bool seen =
          std::any_of(all.value.begin(), all.value.end(), [&hook](const webhook& old) {
            return old.id == hook.id;
          });
      if (!seen) all.value.push_back(std::move(hook));
    }
  }
  return all;
}

answer<webhook> api::get(const std::string& id) {
  return ask<webhook>(get_request(id), 200, parse_webhook);
}

answer<webhook> api::create(generation which, const new_webhook& made) {
  const auto request = create_request(which, made);
  if (!request) {
    answer<webhook> out;
    out.wrong = failure{
        false, false, 0,
        "v1 cannot create one webhook for these events: " +
            shorten(words(made.events), 200)};
    return out;
  }
  return ask<webhook>(*request, 201, parse_new_webhook);
}

answer<done> api::remove(const std::string& id) {
  return ask<done>(delete_request(id), 204, nothing);
}

answer<std::string> api::rotate(const std::string& id) {
  return ask<std::string>(rotate_request(id), 200, parse_key);
}

answer<std::string> api::test(const std::string& id, const std::string& event_type) {
  return ask<std::string>(test_request(id, event_type), 200, parse_sample_id);
}

answer<delivery_page> api::deliveries(const std::string& id, const delivery_filter& filter) {
  return ask<delivery_page>(deliveries_request(id, filter), 200, parse_deliveries);
}

answer<done> api::redeliver(const std::string& id, const std::string& delivery_id) {
  return ask<done>(redeliver_request(id, delivery_id), 202, nothing);
}

answer<std::vector<recording>> api::recordings(generation which, const std::string& call_id) {
  return ask<std::vector<recording>>(recordings_request(which, call_id), 200, parse_recordings);
}

}  // namespace trunkline::openphone
