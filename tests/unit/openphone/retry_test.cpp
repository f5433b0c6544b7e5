// SPDX-License-Identifier: Apache-2.0
#include "openphone/retry.hpp"

#include <catch2/catch.hpp>
#include <deque>

#include "openphone/api.hpp"

using namespace trunkline::openphone;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// Returns scripted responses and records the time of each request. Only sleeping advances the
// clock.
struct script final : transport {
  std::deque<http_response> responses;
  std::vector<milliseconds> times;
  std::vector<http_request> requests;
  milliseconds time{0};

  http_response exchange(const http_request& request) override {
    times.push_back(time);
    requests.push_back(request);
    if (responses.empty()) return {200, "{}"};
    auto next = responses.front();
    responses.pop_front();
    return next;
  }
  pace_clock clock() {
    return {
        [this] { return pace_clock::instant(time); }, [this](milliseconds wait) { time += wait; },
        [] { return 1.0; }};
  }
};

http_response no_response() {
  http_response out;
  out.error = "timeout";
  return out;
}

struct borrowed final : transport {
  script& to;
  explicit borrowed(script& other) : to(other) {}
  http_response exchange(const http_request& request) override { return to.exchange(request); }
};

}  // namespace

TEST_CASE("At most ten requests are sent per second", "[openphone]") {
  script provider;
  pacer sends(provider, provider.clock());
  for (int i = 0; i < 40; ++i) sends.send({"GET", "/webhooks"});
  for (std::size_t i = 10; i < provider.times.size(); ++i)
    CHECK(provider.times[i] - provider.times[i - 10] > seconds(1));
}

TEST_CASE("The backoff doubles, and retries end", "[openphone]") {
  script provider;
  provider.responses.assign(9, {503});
  pacer sends(provider, provider.clock());
  CHECK(sends.send({"GET", "/webhooks"}).status == 503);
  CHECK(
      provider.times ==
      std::vector<milliseconds>{
          milliseconds(0), milliseconds(500), milliseconds(1500), milliseconds(3500),
          milliseconds(7500)}
  );
  CHECK(next_wait({"GET", "/"}, {503}, 1, 0.0) == milliseconds(250));
}

TEST_CASE("Each wait before a retry is reported, the last response is not", "[openphone]") {
  script provider;
  provider.responses = {{503}, no_response()};
  std::vector<std::string> reported;
  pacer sends(
      provider, provider.clock(),
      [&reported](const http_response& response, int attempts, milliseconds pause) {
        reported.push_back(
            std::to_string(response.status) + " " + std::to_string(attempts) + " " +
            std::to_string(pause.count())
        );
      }
  );
  CHECK(sends.send({"GET", "/webhooks"}).status == 200);
  CHECK(reported == std::vector<std::string>{"503 1 500", "0 2 1000"});
}

TEST_CASE("Retry-After is respected up to a maximum", "[openphone]") {
  http_response busy{429};
  busy.retry_after = seconds(7);
  CHECK(next_wait({"GET", "/"}, busy, 1, 0.5) == milliseconds(7000));
  busy.retry_after = seconds(31);
  CHECK_FALSE(next_wait({"GET", "/"}, busy, 1, 0.5));
}

TEST_CASE("A request that may have imported effect is not retried", "[openphone]") {
  http_request create{"POST", "/webhooks"};
  create.repeatable = false;
  CHECK_FALSE(next_wait(create, {500}, 1, 0));
  CHECK_FALSE(next_wait(create, no_response(), 1, 0));
  CHECK(next_wait(create, {429}, 1, 0));
  auto refused = no_response();
  refused.sent = false;
  CHECK(next_wait(create, refused, 1, 0));
  CHECK(next_wait({"GET", "/"}, no_response(), 1, 0));
}

TEST_CASE("A final response and a bad certificate are not retried", "[openphone]") {
  for (const int status : {200, 201, 204, 400, 401, 403, 404})
    CHECK_FALSE(next_wait({"GET", "/"}, {status}, 1, 0));
  auto untrusted = no_response();
  untrusted.sent = false;
  untrusted.permanent = true;
  CHECK_FALSE(next_wait({"GET", "/"}, untrusted, 1, 0));
}

TEST_CASE("Errors contain no API key and name the fix", "[openphone]") {
  script provider;
  provider.responses = {
      {401, R"({"message":"key k3y-secret is bad","code":"0300401"})"}, {201, "<html>"}, {502, ""}};
  api calls(std::make_unique<borrowed>(provider), "k3y-secret", provider.clock());
  const auto refused = calls.list(generation::current);
  REQUIRE(refused.error);
  CHECK_FALSE(refused.error->unreachable);
  CHECK(refused.error->message.find("k3y-secret") == std::string::npos);
  CHECK(refused.error->message.find("key *** is bad (code 0300401)") != std::string::npos);
  CHECK(refused.error->message.find("check OPENPHONE_API_KEY") != std::string::npos);
  const new_webhook item{"https://example.com/h", "", {"call.completed"}, {}};
  const auto malformed = calls.create(generation::current, item);
  REQUIRE(malformed.error);
  CHECK(malformed.error->outcome_unknown);
  const auto lost = calls.create(generation::current, item);
  REQUIRE(lost.error);
  CHECK(lost.error->unreachable);
  CHECK(lost.error->outcome_unknown);
  CHECK(provider.requests.size() == 3);
}

TEST_CASE("An API key that is part of its mask is masked once", "[openphone]") {
  script provider;
  provider.responses.push_back({400, R"({"message":"a * b ** c"})"});
  api calls(std::make_unique<borrowed>(provider), "*", provider.clock());
  const auto refused = calls.list(generation::current);
  REQUIRE(refused.error);
  CHECK(refused.error->message.find("a *** b ****** c") != std::string::npos);
}

TEST_CASE("A response that is too large counts as a response", "[openphone]") {
  script provider;
  http_response flood;
  flood.error = "more than 16 MiB";
  flood.permanent = true;
  provider.responses.push_back(flood);
  api calls(std::make_unique<borrowed>(provider), "secret", provider.clock());
  const auto lost = calls.rotate("7");
  REQUIRE(lost.error);
  CHECK(lost.error->outcome_unknown);
  CHECK_FALSE(lost.error->unreachable);
  CHECK(lost.error->message.find("may have been carried out") != std::string::npos);
  CHECK(provider.requests.size() == 1);
}

TEST_CASE("Events that v1 does not support are rejected without a request", "[openphone]") {
  script provider;
  api calls(std::make_unique<borrowed>(provider), "secret", provider.clock());
  const auto made =
      calls.create(generation::v1, {"https://a/b", "", {"call.ringing", "task.new"}, {}});
  REQUIRE(made.error);
  CHECK_FALSE(made.error->outcome_unknown);
  CHECK(made.error->message.find("call.ringing, task.new") != std::string::npos);
  CHECK(provider.requests.empty());
}
