// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "gateway/outcome_responses.hpp"
#include "gateway/key_reload.hpp"
#include "gateway/rejection_monitor.hpp"

using namespace trunkline;
using namespace trunkline::gateway;
using namespace std::chrono_literals;

TEST_CASE("answers are whole and fixed") {
  std::string out;
  append_answer(out, answer::accepted, {.delivery_id = "01ID", .date = "D"});
  CHECK(
      out ==
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n"
      "Trunkline-Delivery-Id: 01ID\r\nDate: D\r\n\r\n{\"status\":\"accepted\"}"
  );
  out.clear();
  append_answer(
      out, answer::unavailable,
      {.delivery_id = "01ID", .date = "D", .close = true, .retry_after_s = 7}
  );
  CHECK(
      out ==
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 27\r\n"
      "Retry-After: 7\r\nTrunkline-Delivery-Id: 01ID\r\nDate: D\r\nConnection: close\r\n\r\n"
      "{\"error\":\"try again later\"}"
  );
  out.clear();
  append_answer(
      out, answer::method_not_allowed, {.delivery_id = "01ID", .date = "D", .without_body = true}
  );
  CHECK(out.find("Allow: POST\r\n") != std::string::npos);
  CHECK(out.ends_with("\r\n\r\n"));
}

TEST_CASE("every outcome has the answer of its row") {
  const std::vector<std::pair<outcome, int>> expected = {
      {outcome::accepted, 200},    {outcome::framing, 400},          {outcome::mismatch, 403},
      {outcome::path, 404},        {outcome::method, 405},           {outcome::too_slow, 408},
      {outcome::no_length, 411},   {outcome::too_large, 413},        {outcome::type, 415},
      {outcome::expectation, 417}, {outcome::header_too_large, 431}, {outcome::oom, 503},
  };
  for (const auto& [what, status] : expected) {
    CAPTURE(to_string(what));
    CHECK(status_of(answer_to(what)) == status);
  }
}

TEST_CASE("dates are those of RFC 9110") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(1795194181) == "Fri, 20 Nov 2026 17:03:01 GMT");
}

namespace {

std::array<std::int64_t, outcome_count> added(outcome what, std::int64_t n) {
  std::array<std::int64_t, outcome_count> out{};
  out[index_of(what)] = n;
  return out;
}

}  // namespace

TEST_CASE("more than five refusals within five minutes are told once") {
  refusal_monitor monitor;
  const refusal_monitor::time_point start{1h};
  CHECK_FALSE(monitor.update(added(outcome::mismatch, 4), start));
  CHECK_FALSE(monitor.update(added(outcome::stale, 1), start + 10s));
  const auto warning = monitor.update(added(outcome::mismatch, 1), start + 20s);
  REQUIRE(warning);
  CHECK(warning->reason == outcome::mismatch);
  CHECK(warning->count == 6);
  CHECK(warning->reasons == "stale 1, mismatch 5");
  CHECK_FALSE(monitor.update(added(outcome::mismatch, 100), start + 30s));
  CHECK_FALSE(monitor.update(added(outcome::mismatch, 100), start + 4min));
  // Quiet for five minutes: the next episode is told again.
  CHECK_FALSE(monitor.update({}, start + 10min));
  CHECK(monitor.update(added(outcome::missing, 6), start + 11min));
}

TEST_CASE("five in five minutes, again and again, are no episode") {
  refusal_monitor monitor;
  for (int i = 0; i < 50; ++i)
    CHECK_FALSE(
        monitor.update(added(outcome::mismatch, 1), refusal_monitor::time_point{1h} + i * 61s)
    );
}

TEST_CASE("scanners and Redis' troubles are not refusals to warn of") {
  refusal_monitor monitor;
  const auto what = GENERATE(
      outcome::accepted, outcome::path, outcome::method, outcome::not_connected, outcome::oom
  );
  CHECK_FALSE(monitor.update(added(what, 1000), refusal_monitor::time_point{1h}));
}

TEST_CASE("key lines are logged by fingerprint alone") {
  std::string said;
  const logger log(
      "gateway", log_level::info, log_format::text,
      [&](log_level, std::string_view line) { said += std::string(line) + "\n"; }
  );
  const signature::key_sources sources{"--signing-key", {"hex:a-secret-text"}, ""};
  auto loaded = load_keys(sources);
  log_keys(loaded, sources, log);
  CHECK(said.find("scheme=hex") != std::string::npos);
  CHECK(said.find("index=0") != std::string::npos);
  CHECK(said.find("a-secret-text") == std::string::npos);
  CHECK(said.find("warn") == std::string::npos);
}
