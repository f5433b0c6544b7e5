// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "worker/process/log_limit.hpp"
#include "worker/process/minute_rate.hpp"
#include "worker/process/readiness.hpp"
#include "worker/process/stop_signal.hpp"
#include "worker/process/thread_status.hpp"
#include "worker/stream/in_flight_entries.hpp"

using namespace trunkline::worker;
using namespace std::chrono_literals;

TEST_CASE("A thread without a heartbeat is not responsive") {
  thread_status status(2);
  const auto now = std::chrono::steady_clock::now();
  CHECK(status.all_responsive_since(now - 1min));
  status.heartbeat(1);
  CHECK_FALSE(status.all_responsive_since(now));
  status.heartbeat(0);
  CHECK(status.all_responsive_since(now));
}

TEST_CASE("A worker is ready if each thread has reached both servers and none is blocked") {
  totals counts;
  thread_status status(2);
  CHECK(
      probe_response(status, counts, "/readyz").body ==
      "{\"ready\":false,\"state\":\"starting\",\"reasons\":[\"starting\"]}\n"
  );
  for (int thread : {0, 1})
    for (auto which : {dependency::redis, dependency::postgres}) {
      CHECK_FALSE(status.ready());
      status.clear(thread, which);
    }
  CHECK(probe_response(status, counts, "/readyz").status == 200);

  status.set(1, dependency::postgres, "postgres: \"down\"\n");
  CHECK(probe_response(status, counts, "/readyz").status == 503);
  CHECK(
      probe_response(status, counts, "/readyz").body ==
      "{\"ready\":false,\"state\":\"blocked\",\"reasons\":[\"postgres: \\\"down\\\"\\u000a\"]}\n"
  );
  status.set(0, dependency::postgres, "postgres: \"down\"\n");
  CHECK(status.reasons().size() == 1);
  status.clear(0, dependency::postgres);
  status.clear(1, dependency::postgres);
  CHECK(status.ready());

  status.drain();
  CHECK(
      probe_response(status, counts, "/readyz").body ==
      "{\"ready\":false,\"state\":\"draining\",\"reasons\":[]}\n"
  );
}

TEST_CASE("The liveness probe succeeds, and other paths do not exist") {
  totals counts;
  thread_status status(1);
  CHECK(probe_response(status, counts, "/livez").status == 200);
  CHECK(probe_response(status, counts, "/metrics/x").status == 404);
}

TEST_CASE("The rate is outcomes per second over the last minute") {
  minute_rate rate;
  const auto start = minute_rate::time{} + 1h;
  CHECK(rate.sample(start, 0) == 0);
  CHECK(rate.sample(start + 5s, 50) == Approx(10));
  for (int i = 2; i <= 12; ++i) rate.sample(start + i * 5s, 50);
  CHECK(rate.sample(start + 65s, 50) == Approx(0));  // The burst was more than a minute ago.
}

TEST_CASE("A log limit admits a few records per period and counts the rest") {
  log_limit limit(2, 1min);
  const auto start = log_limit::time{} + 1h;
  CHECK(limit.admit(start) == 0u);
  CHECK(limit.admit(start) == 0u);
  CHECK_FALSE(limit.admit(start + 1s));
  CHECK_FALSE(limit.admit(start + 59s));
  CHECK(limit.admit(start + 61s) == 2u);
  CHECK(limit.admit(start + 61s) == 0u);
}

TEST_CASE("In-flight entries are a set") {
  in_flight_entries entries;
  entries.add({"2-0", "1-0"});
  entries.add({"3-0", "1-0"});
  entries.remove({"2-0", "9-9"});
  std::vector<std::string> seen;
  entries.visit([&](const auto& ids) { seen = ids; });
  CHECK(seen == std::vector<std::string>{"1-0", "3-0"});
}

TEST_CASE("A stop shortens the waiting time of calls") {
  stop_signal stop(10min);
  CHECK(stop.at_most(1h) == 1h);
  stop.request();
  CHECK(stop.at_most(1h) <= 10min);
  CHECK(stop.at_most(1h) > 9min);
  CHECK(stop.at_most(5s) == 5s);
  CHECK_FALSE(stop.expired());
  stop_signal over(0ms);
  over.request();
  CHECK(over.expired());
  CHECK_FALSE(over.expired(1h));
  CHECK(over.at_most(5s) > 0ms);
  CHECK(over.at_most(5s) < 1s);
}

TEST_CASE("A paused worker is ready with a note, unless it is blocked or draining") {
  thread_status status(1);
  status.clear(0, dependency::redis);
  status.clear(0, dependency::postgres);
  CHECK(status.pause("by ann@ops: a \"backup\""));
  CHECK_FALSE(status.pause("by ann@ops: a \"backup\""));  // no change
  CHECK(probe_response(status, totals{}, "/readyz").status == 200);
  CHECK(
      probe_response(status, totals{}, "/readyz").body ==
      "{\"ready\":true,\"state\":\"paused\",\"reasons\":[],"
      "\"note\":\"by ann@ops: a \\\"backup\\\"\"}\n"
  );
  CHECK(status_line(status) == "paused by ann@ops: a \"backup\"");
  status.set(0, dependency::postgres, "postgres: down");
  CHECK(status.state() == "blocked");
  CHECK(probe_response(status, totals{}, "/readyz").status == 503);
  status.clear(0, dependency::postgres);
  status.drain();
  CHECK(status.state() == "draining");
  CHECK(status.pause(""));
  CHECK_FALSE(status.paused());
}
