// SPDX-License-Identifier: Apache-2.0
#include "cli/queue/queue_text.hpp"
#include "admin/queue/queue_report.hpp"

#include <catch2/catch.hpp>

using namespace trunkline;
using namespace trunkline::admin;
using namespace trunkline::cli;
using namespace std::chrono_literals;

namespace {

queue_report healthy() {
  queue_report report;
  report.redis.emplace();
  report.redis->workers = {
      {.id = "w1", .state = "running", .reason = "", .rate = 1.0, .durability = ""}};
  report.redis->gateways = {
      {.id = "g1", .state = "running", .reason = "", .rate = {}, .durability = "always"}};
  report.redis->refused.emplace();
  report.redis->appendonly = "yes";
  report.redis->appendfsync = "always";
  report.redis->no_fsync_on_rewrite = "no";
  report.redis->policy = "noeviction";
  report.postgres.emplace();
  return report;
}

std::string line(const queue_report& report, const queue_limits& limits = {}) {
  return judge(report, limits).line;
}

}  // namespace

TEST_CASE("a healthy pipe is OK, whatever waits") {
  auto report = healthy();
  CHECK(line(report) == "OK: 0 waiting, nothing retrying, nothing dead");
  report.redis->length = 7;
  CHECK(line(report) == "OK: 7 waiting, nothing retrying, nothing dead");
  CHECK(judge(report, {}).code == exit_code::ok);
}

TEST_CASE("what deserves a look is told, with exit 0") {
  auto report = healthy();
  SECTION("retrying") {
    report.postgres->retrying.count = 2;
    CHECK(line(report) == "WATCH: 0 waiting, 2 retrying, nothing dead");
  }
  SECTION("dead") {
    report.postgres->dead.count = 1;
    CHECK(
        line(report) == "WATCH: 0 waiting, nothing retrying, 1 dead; see 'trunkline dead groups'"
    );
  }
  SECTION("more dead than we count") {
    report.postgres->dead = {.count = 100000, .at_least = true, .oldest = {}};
    CHECK(
        line(report) ==
        "WATCH: 0 waiting, nothing retrying, 100000+ dead; see 'trunkline dead groups'"
    );
  }
  SECTION("memory past three quarters") {
    report.redis->max_memory = 1000;
    report.redis->used_memory = 750;
    CHECK(line(report).starts_with("OK:"));
    report.redis->used_memory = 751;
    CHECK(line(report).find("over 75 %") != std::string::npos);
  }
  SECTION("no memory limit is no trouble") {
    report.redis->max_memory = 0;
    report.redis->used_memory = 1 << 30;
    CHECK(line(report).starts_with("OK:"));
  }
  SECTION("eviction") {
    report.redis->policy = "allkeys-lru";
    CHECK(line(report).find("may evict") != std::string::npos);
  }
  SECTION("fsync given up during a rewrite") {
    report.redis->no_fsync_on_rewrite = "yes";
    CHECK(line(report).find("may lose accepted deliveries") != std::string::npos);
  }
  SECTION("a wrong key, not a scanner") {
    report.redis->refused = {{"path", 500}, {"mismatch", 5}};
    CHECK(line(report).starts_with("OK:"));
    report.redis->refused = {{"mismatch", 4}, {"missing", 2}};
    CHECK(line(report).find("6 refused in the last hour") != std::string::npos);
  }
  SECTION("a gateway that takes nothing") {
    report.redis->gateways->front().state = "unavailable";
    report.redis->gateways->front().reason = "weak_durability";
    CHECK(line(report).find("gateway g1 answers 503: weak_durability") != std::string::npos);
  }
  SECTION("causes before what they left behind") {
    report.postgres->dead.count = 1;
    report.postgres->next_retry = -std::chrono::minutes(2);
    report.redis->workers->clear();
    CHECK(
        line(report) ==
        "WATCH: 0 waiting, nothing retrying, 1 dead; no worker is running; a retry is overdue; "
        "see 'trunkline doctor'; see 'trunkline dead groups'"
    );
  }
  SECTION("no gateway, no worker") {
    report.redis->gateways->clear();
    report.redis->workers->clear();
    CHECK(line(report).find("no worker is running; no gateway is running") != std::string::npos);
  }
  SECTION("retries nobody picks up") {
    report.postgres->next_retry = -59s;
    CHECK(line(report).starts_with("OK:"));
    report.postgres->next_retry = -61s;
    CHECK(line(report).find("a retry is overdue") != std::string::npos);
  }
  CHECK(judge(report, {}).code == exit_code::ok);
}

TEST_CASE("limits are passed only above them") {
  auto report = healthy();
  report.redis->length = 6;
  report.redis->pending = 2;
  report.redis->ready_age = 30s;
  report.redis->pending_age = 60s;
  report.postgres->retrying = {.count = 4, .at_least = false, .oldest = 50s};
  const auto code = [&](queue_limits limits) { return judge(report, limits).code; };
  CHECK(code({.max_age = 60s, .max_depth = 10}) == exit_code::ok);
  CHECK(code({.max_age = 59s, .max_depth = {}}) == exit_code::critical);
  CHECK(code({.max_age = {}, .max_depth = 9}) == exit_code::critical);
  report.postgres->retrying.oldest = 61s;
  CHECK(code({.max_age = 60s, .max_depth = {}}) == exit_code::critical);
}

TEST_CASE("what is unknown is said first, and a known danger beside it") {
  auto report = healthy();
  report.postgres.reset();
  report.unknown = {"Postgres does not answer within 1500ms"};
  report.redis->length = 5;
  const auto verdict = judge(report, {.max_age = {}, .max_depth = 3});
  CHECK(verdict.code == exit_code::unknown);
  CHECK(
      verdict.line ==
      "UNKNOWN: Postgres does not answer within 1500ms; 5 unfinished, over --max-depth 3"
  );
}

TEST_CASE("a figure that Redis refuses to tell is unknown, never zero") {
  auto report = healthy();
  report.redis->length = 5;
  report.redis->pending.reset();
  report.unknown = {"pending entries: NOPERM"};
  const auto verdict = judge(report, {});
  CHECK(verdict.code == exit_code::unknown);
  const auto json = as_json(report, verdict);
  CHECK(json.find(R"("ready":{"count":null)") != std::string::npos);
  CHECK(json.find(R"("pending":{"count":null)") != std::string::npos);
  report.redis->ever_accepted_known = false;
  CHECK(as_text(report, verdict).find("last unknown") != std::string::npos);
  CHECK(as_text(report, verdict).find("pending     unknown\n") != std::string::npos);
}

TEST_CASE("unknown figures are null in JSON and unknown in text") {
  queue_report report;
  report.unknown = {"Redis does not answer", "Postgres does not answer"};
  const auto verdict = judge(report, {});
  const auto json = as_json(report, verdict);
  for (const char* part :
       {R"("ready":{"count":null,"oldest_seconds":null})", R"("retrying":{"count":null)",
        R"("workers":null)", R"("used_memory":null)", R"("refused_last_hour":null)",
        R"("status":"unknown")", R"("settled_per_second":null)", R"("last_accepted_seconds":null)",
        R"("appendfsync":null)"}) {
    CAPTURE(part);
    CHECK(json.find(part) != std::string::npos);
  }
  const auto text = as_text(report, verdict);
  for (const char* part :
       {"ready       unknown\n", "dead        unknown\n", "memory      unknown\n"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}
