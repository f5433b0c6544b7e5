// SPDX-License-Identifier: Apache-2.0
#include "openphone/retry.hpp"

#include <catch2/catch.hpp>
#include <deque>

#include "openphone/api.hpp"

using namespace trunkline::openphone;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// Answers in turn, and notes when each request came by a clock that only sleeping moves.
struct script final : transport {
  std::deque<http_answer> answers;
  std::vector<milliseconds> came;
  std::vector<http_request> requests;
  milliseconds time{0};

  http_answer exchange(const http_request& request) override {
    came.push_back(time);
    requests.push_back(request);
    if (answers.empty()) return {200, "{}"};
    auto next = answers.front();
    answers.pop_front();
    return next;
  }
  pace_clock clock() {
    return {
        [this] { return pace_clock::instant(time); }, [this](milliseconds wait) { time += wait; },
        [] { return 1.0; }};
  }
};

http_answer unanswered() {
  http_answer out;
  out.problem = "timeout";
  return out;
}

struct borrowed final : transport {
  script& to;
  explicit borrowed(script& other) : to(other) {}
  http_answer exchange(const http_request& request) override { return to.exchange(request); }
};

}  // namespace

TEST_CASE("Never more than ten requests within a second", "[provider]") {
  script provider;
  pacer sends(provider, provider.clock());
  for (int i = 0; i < 40; ++i) sends.send({"GET", "/webhooks"});
  for (std::size_t i = 10; i < provider.came.size(); ++i)
    CHECK(provider.came[i] - provider.came[i - 10] > seconds(1));
}

TEST_CASE("Backoff doubles and ends", "[provider]") {
  script provider;
  provider.answers.assign(9, {503});
  pacer sends(provider, provider.clock());
  CHECK(sends.send({"GET", "/webhooks"}).status == 503);
  CHECK(
      provider.came ==
      std::vector<milliseconds>{
          milliseconds(0), milliseconds(500), milliseconds(1500), milliseconds(3500),
          milliseconds(7500)}
  );
  CHECK(next_wait({"GET", "/"}, {503}, 1, 0.0) == milliseconds(250));
}

TEST_CASE("Each pause before another try is told, and the end is not", "[provider]") {
  script provider;
  provider.answers = {{503}, unanswered()};
  std::vector<std::string> told;
  pacer sends(
      provider, provider.clock(),
      [&told](const http_answer& got, int tries, milliseconds pause) {
        told.push_back(
            std::to_string(got.status) + " " + std::to_string(tries) + " " +
            std::to_string(pause.count())
        );
      }
  );
  CHECK(sends.send({"GET", "/webhooks"}).status == 200);
  CHECK(told == std::vector<std::string>{"503 1 500", "0 2 1000"});
}

TEST_CASE("Retry-After is obeyed, unless it asks too much", "[provider]") {
  http_answer busy{429};
  busy.retry_after = seconds(7);
  CHECK(next_wait({"GET", "/"}, busy, 1, 0.5) == milliseconds(7000));
  busy.retry_after = seconds(31);
  CHECK_FALSE(next_wait({"GET", "/"}, busy, 1, 0.5));
}

TEST_CASE("What may have been done is not sent again", "[provider]") {
  http_request create{"POST", "/webhooks"};
  create.repeatable = false;
  CHECK_FALSE(next_wait(create, {500}, 1, 0));
  CHECK_FALSE(next_wait(create, unanswered(), 1, 0));
  CHECK(next_wait(create, {429}, 1, 0));
  auto refused = unanswered();
  refused.sent = false;
  CHECK(next_wait(create, refused, 1, 0));
  CHECK(next_wait({"GET", "/"}, unanswered(), 1, 0));
}

TEST_CASE("A final answer and a bad certificate are final", "[provider]") {
  for (const int status : {200, 201, 204, 400, 401, 403, 404})
    CHECK_FALSE(next_wait({"GET", "/"}, {status}, 1, 0));
  auto untrusted = unanswered();
  untrusted.sent = false;
  untrusted.hopeless = true;
  CHECK_FALSE(next_wait({"GET", "/"}, untrusted, 1, 0));
}

TEST_CASE("Failures are told without the key, and with what to do", "[provider]") {
  script provider;
  provider.answers = {
      {401, R"({"message":"key k3y-secret is bad","code":"0300401"})"}, {201, "<html>"}, {502, ""}};
  api calls(std::make_unique<borrowed>(provider), "k3y-secret", provider.clock());
  const auto refused = calls.list(generation::current);
  REQUIRE(refused.wrong);
  CHECK_FALSE(refused.wrong->away);
  CHECK(refused.wrong->message.find("k3y-secret") == std::string::npos);
  CHECK(refused.wrong->message.find("key *** is bad (code 0300401)") != std::string::npos);
  CHECK(refused.wrong->message.find("check OPENPHONE_API_KEY") != std::string::npos);
  const new_webhook hook{"https://example.com/h", "", {"call.completed"}, {}};
  const auto strange = calls.create(generation::current, hook);
  REQUIRE(strange.wrong);
  CHECK(strange.wrong->unknown);
  const auto lost = calls.create(generation::current, hook);
  REQUIRE(lost.wrong);
  CHECK(lost.wrong->away);
  CHECK(lost.wrong->unknown);
  CHECK(provider.requests.size() == 3);
}

TEST_CASE("A key that is in its own replacement ends the search for it", "[provider]") {
  script provider;
  provider.answers.push_back({400, R"({"message":"a * b ** c"})"});
  api calls(std::make_unique<borrowed>(provider), "*", provider.clock());
  const auto refused = calls.list(generation::current);
  REQUIRE(refused.wrong);
  CHECK(refused.wrong->message.find("a *** b ****** c") != std::string::npos);
}

TEST_CASE("An answer that is too large was an answer", "[provider]") {
  script provider;
  http_answer flood;
  flood.problem = "more than 16 MiB";
  flood.hopeless = true;
  provider.answers.push_back(flood);
  api calls(std::make_unique<borrowed>(provider), "secret", provider.clock());
  const auto lost = calls.rotate("7");
  REQUIRE(lost.wrong);
  CHECK(lost.wrong->unknown);
  CHECK_FALSE(lost.wrong->away);
  CHECK(lost.wrong->message.find("may have been done") != std::string::npos);
  CHECK(provider.requests.size() == 1);
}

TEST_CASE("Events that v1 can't make are refused here, and nothing is sent", "[provider]") {
  script provider;
  api calls(std::make_unique<borrowed>(provider), "secret", provider.clock());
  const auto made =
      calls.create(generation::v1, {"https://a/b", "", {"call.ringing", "task.new"}, {}});
  REQUIRE(made.wrong);
  CHECK_FALSE(made.wrong->unknown);
  CHECK(made.wrong->message.find("call.ringing, task.new") != std::string::npos);
  CHECK(provider.requests.empty());
}
