// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "gateway/key_reload.hpp"
#include "gateway/outcome_responses.hpp"
#include "gateway/rejection_monitor.hpp"

using namespace trunkline;
using namespace trunkline::gateway;
using namespace std::chrono_literals;

TEST_CASE("a response has fixed parts and its delivery id") {
  std::string out;
  append_response(out, response_kind::accepted, {.delivery_id = "01ID", .date = "D"});
  CHECK(
      out ==
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n"
      "Trunkline-Delivery-Id: 01ID\r\nDate: D\r\n\r\n{\"status\":\"accepted\"}"
  );
  out.clear();
  append_response(
      out, response_kind::unavailable,
      {.delivery_id = "01ID", .date = "D", .close = true, .retry_after_s = 7}
  );
  CHECK(
      out ==
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 27\r\n"
      "Retry-After: 7\r\nTrunkline-Delivery-Id: 01ID\r\nDate: D\r\nConnection: close\r\n\r\n"
      "{\"error\":\"try again later\"}"
  );
  out.clear();
  append_response(
      out, response_kind::method_not_allowed,
      {.delivery_id = "01ID", .date = "D", .without_body = true}
  );
  CHECK(out.find("Allow: POST\r\n") != std::string::npos);
  CHECK(out.ends_with("\r\n\r\n"));
}

TEST_CASE("each outcome has its status code") {
  const std::vector<std::pair<outcome, int>> expected = {
      {outcome::accepted, 200},    {outcome::framing, 400},          {outcome::mismatch, 403},
      {outcome::path, 404},        {outcome::method, 405},           {outcome::too_slow, 408},
      {outcome::no_length, 411},   {outcome::too_large, 413},        {outcome::type, 415},
      {outcome::expectation, 417}, {outcome::header_too_large, 431}, {outcome::oom, 503},
  };
  for (const auto& [value, status] : expected) {
    CAPTURE(to_string(value));
    CHECK(status_of(response_to(value)) == status);
  }
}

TEST_CASE("dates have the format of RFC 9110") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(1795194181) == "Fri, 20 Nov 2026 17:03:01 GMT");
}

namespace {

std::array<std::int64_t, outcome_count> added(outcome value, std::int64_t n) {
  std::array<std::int64_t, outcome_count> out{};
  out[index_of(value)] = n;
  return out;
}

}  // namespace

TEST_CASE("more than five rejections within five minutes are reported once") {
  rejection_monitor monitor;
  const rejection_monitor::time_point start{1h};
  CHECK_FALSE(monitor.update(added(outcome::mismatch, 4), start));
  CHECK_FALSE(monitor.update(added(outcome::stale, 1), start + 10s));
  const auto warning = monitor.update(added(outcome::mismatch, 1), start + 20s);
  REQUIRE(warning);
  CHECK(warning->reason == outcome::mismatch);
  CHECK(warning->count == 6);
  CHECK(warning->reasons == "stale 1, mismatch 5");
  CHECK_FALSE(monitor.update(added(outcome::mismatch, 100), start + 30s));
  CHECK_FALSE(monitor.update(added(outcome::mismatch, 100), start + 4min));
  // After five quiet minutes the next episode is reported again.
  CHECK_FALSE(monitor.update({}, start + 10min));
  CHECK(monitor.update(added(outcome::missing, 6), start + 11min));
}

TEST_CASE("five rejections within five minutes are not reported") {
  rejection_monitor monitor;
  for (int i = 0; i < 50; ++i)
    CHECK_FALSE(
        monitor.update(added(outcome::mismatch, 1), rejection_monitor::time_point{1h} + i * 61s)
    );
}

TEST_CASE("rejections caused by scanners or Redis are not reported") {
  rejection_monitor monitor;
  const auto value = GENERATE(
      outcome::accepted, outcome::path, outcome::method, outcome::not_connected, outcome::oom
  );
  CHECK_FALSE(monitor.update(added(value, 1000), rejection_monitor::time_point{1h}));
}

TEST_CASE("signing keys are logged by fingerprint only") {
  std::string logged;
  const logger log(
      "gateway", log_level::info, log_format::text,
      [&](log_level, std::string_view line) { logged += std::string(line) + "\n"; }
  );
  const signature::key_sources sources{"--signing-key", {"hex:a-secret-text"}, ""};
  auto loaded = load_keys(sources);
  log_keys(loaded, sources, log);
  CHECK(logged.find("scheme=hex") != std::string::npos);
  CHECK(logged.find("index=0") != std::string::npos);
  CHECK(logged.find("a-secret-text") == std::string::npos);
  CHECK(logged.find("warn") == std::string::npos);
}
