// SPDX-License-Identifier: Apache-2.0
#include "admin/queue/queue_report.hpp"
#include "cli/queue/queue_text.hpp"

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
  report.redis->rejected.emplace();
  report.redis->appendonly = "yes";
  report.redis->appendfsync = "always";
  report.redis->no_fsync_on_rewrite = "no";
  report.redis->policy = "noeviction";
  report.postgres.emplace();
  return report;
}

std::string line(const queue_report& report, const queue_limits& limits = {}) {
  return describe(judge(report, limits));
}

std::vector<std::string> codes(const queue_report& report, const queue_limits& limits = {}) {
  std::vector<std::string> out;
  for (const auto& reason : judge(report, limits).reasons) out.push_back(reason.code);
  return out;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("a healthy pipeline is OK, however many deliveries wait") {
  auto report = healthy();
  CHECK(line(report) == "OK: 0 waiting, 0 retrying, 0 dead");
  report.redis->length = 7;
  CHECK(line(report) == "OK: 7 waiting, 0 retrying, 0 dead");
  CHECK(judge(report, {}).status == queue_status::ok);
  CHECK(codes(report).empty());
}

TEST_CASE("conditions that need attention are warnings") {
  auto report = healthy();
  SECTION("retrying events") {
    report.postgres->retrying.count = 2;
    CHECK(line(report) == "WARNING: 0 waiting, 2 retrying, 0 dead");
    CHECK(codes(report) == list{"retrying"});
  }
  SECTION("dead letters") {
    report.postgres->dead.count = 1;
    CHECK(line(report) == "WARNING: 0 waiting, 0 retrying, 1 dead; run 'trunkline dead groups'");
    CHECK(codes(report) == list{"dead_letters"});
  }
  SECTION("more dead letters than are counted") {
    report.postgres->dead = {.count = 100000, .at_least = true, .oldest = {}};
    CHECK(
        line(report) == "WARNING: 0 waiting, 0 retrying, 100000+ dead; run 'trunkline dead groups'"
    );
  }
  SECTION("memory above three quarters") {
    report.redis->max_memory = 1000;
    report.redis->used_memory = 750;
    CHECK(codes(report).empty());
    report.redis->used_memory = 751;
    CHECK(codes(report) == list{"redis_memory"});
  }
  SECTION("eviction") {
    report.redis->policy = "allkeys-lru";
    CHECK(codes(report) == list{"redis_eviction"});
  }
  SECTION("no fsync during a rewrite") {
    report.redis->no_fsync_on_rewrite = "yes";
    CHECK(codes(report) == list{"redis_durability"});
  }
  SECTION("a wrong signing key, but not a scanner") {
    report.redis->rejected = {{"path", 500}, {"mismatch", 5}};
    CHECK(codes(report).empty());
    report.redis->rejected = {{"mismatch", 4}, {"missing", 2}};
    CHECK(codes(report) == list{"rejected"});
    CHECK(line(report).find("6 rejected in the last hour") != std::string::npos);
  }
  SECTION("an unavailable gateway") {
    report.redis->gateways->front().state = "unavailable";
    report.redis->gateways->front().reason = "weak_durability";
    CHECK(codes(report) == list{"gateway_unavailable"});
    CHECK(line(report).find("gateway g1 is unavailable: weak_durability") != std::string::npos);
  }
  SECTION("a blocked worker") {
    report.redis->workers->front().state = "blocked";
    report.redis->workers->front().reason = "x";
    CHECK(codes(report) == list{"worker_blocked"});
    CHECK(line(report).find("worker w1 is blocked: x") != std::string::npos);
  }
  SECTION("a pause") {
    report.postgres->pause = pause_state{"backup", "ann@ops1", "2026-11-20T17:03:00Z", ""};
    CHECK(
        line(report) ==
        "WARNING: 0 waiting, 0 retrying, 0 dead; paused by ann@ops1 since "
        "2026-11-20T17:03:00Z: backup; run 'trunkline resume'"
    );
    CHECK(codes(report) == list{"paused"});
  }
  SECTION("causes come before their effects") {
    report.postgres->dead.count = 1;
    report.postgres->next_retry = -std::chrono::minutes(2);
    report.redis->workers->clear();
    CHECK(
        line(report) ==
        "WARNING: 0 waiting, 0 retrying, 1 dead; no worker is running; a retry is overdue; "
        "run 'trunkline doctor', 'trunkline dead groups'"
    );
  }
  SECTION("no gateway, no worker") {
    report.redis->gateways->clear();
    report.redis->workers->clear();
    CHECK(codes(report) == list{"no_worker", "no_gateway"});
  }
  SECTION("retries that no worker claims") {
    report.postgres->next_retry = -59s;
    CHECK(codes(report).empty());
    report.postgres->next_retry = -61s;
    CHECK(codes(report) == list{"retry_overdue"});
  }
  CHECK(
      judge(report, {}).status == (codes(report).empty() ? queue_status::ok : queue_status::warning)
  );
}

TEST_CASE("Redis without a memory limit is no warning") {
  auto report = healthy();
  report.redis->max_memory = 0;
  report.redis->used_memory = 1 << 30;
  CHECK(codes(report).empty());
}

TEST_CASE("a limit is exceeded only above its value") {
  auto report = healthy();
  report.redis->length = 6;
  report.redis->pending = 2;
  report.redis->ready_age = 30s;
  report.redis->pending_age = 60s;
  report.postgres->retrying = {.count = 4, .at_least = false, .oldest = 50s};
  const auto status = [&](queue_limits limits) { return judge(report, limits).status; };
  CHECK(status({.max_age = 60s, .max_depth = 10}) == queue_status::warning);
  CHECK(status({.max_age = 59s, .max_depth = {}}) == queue_status::critical);
  CHECK(codes(report, {.max_age = 59s, .max_depth = 9}) == list{"max_age", "max_depth"});
  CHECK(status({.max_age = {}, .max_depth = 9}) == queue_status::critical);
  report.postgres->retrying.oldest = 61s;
  CHECK(status({.max_age = 60s, .max_depth = {}}) == queue_status::critical);
}

TEST_CASE("an unknown part comes first, an exceeded limit after it") {
  auto report = healthy();
  report.postgres.reset();
  report.unknown = {"PostgreSQL is unreachable: no response within 1500ms"};
  report.redis->length = 5;
  const auto verdict = judge(report, {.max_age = {}, .max_depth = 3});
  CHECK(verdict.status == queue_status::unknown);
  CHECK(
      describe(verdict) ==
      "UNKNOWN: PostgreSQL is unreachable: no response within 1500ms; "
      "5 unfinished, limit --max-depth 3"
  );
}

TEST_CASE("a value that Redis does not report is unknown, never zero") {
  auto report = healthy();
  report.redis->length = 5;
  report.redis->pending.reset();
  report.unknown = {"pending entries: NOPERM"};
  const auto verdict = judge(report, {});
  CHECK(verdict.status == queue_status::unknown);
  const auto json = as_json(report, verdict);
  CHECK(json.find(R"("ready":{"count":null)") != std::string::npos);
  CHECK(json.find(R"("pending":{"count":null)") != std::string::npos);
  report.redis->ever_accepted_known = false;
  CHECK(as_text(report, verdict).find("last unknown") != std::string::npos);
  CHECK(as_text(report, verdict).find("pending     unknown\n") != std::string::npos);
}

TEST_CASE("the status is in the JSON") {
  auto report = healthy();
  const auto has = [&](const queue_limits& limits, const char* status) {
    const auto json = as_json(report, judge(report, limits));
    return json.find(std::string("\"status\":\"") + status + '"') != std::string::npos;
  };
  CHECK(has({}, "ok"));
  report.postgres->retrying.count = 1;
  CHECK(has({}, "warning"));
  CHECK(has({.max_age = {}, .max_depth = 0}, "critical"));
  report.unknown = {"x"};
  CHECK(has({}, "unknown"));
}

TEST_CASE("unknown values are null in JSON and unknown in text") {
  queue_report report;
  report.unknown = {"Redis is unreachable", "PostgreSQL is unreachable"};
  const auto verdict = judge(report, {});
  const auto json = as_json(report, verdict);
  for (const char* part :
       {R"("ready":{"count":null,"oldest_seconds":null})", R"("retrying":{"count":null)",
        R"("workers":null)", R"("used_memory":null)", R"("rejected_last_hour":null)",
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
