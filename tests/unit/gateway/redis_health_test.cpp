// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "gateway/durability.hpp"
#include "gateway/memory_shedding.hpp"
#include "gateway/outcome_responses.hpp"
#include "gateway/readiness.hpp"
#include "gateway/redis_health.hpp"

using namespace trunkline;
using namespace trunkline::gateway;

namespace {

redis::reply text(std::string value, redis::reply::kind kind = redis::reply::kind::string) {
  redis::reply out;
  out.type = kind;
  out.text = std::move(value);
  return out;
}

redis::reply settings(
    const std::string& only, const std::string& fsync, const std::string& rewrite
) {
  redis::reply out;
  out.type = redis::reply::kind::array;
  for (const auto* item : {"appendfilename", "appendonly.aof"}) out.elements.push_back(text(item));
  out.elements.push_back(text("no-appendfsync-on-rewrite"));
  out.elements.push_back(text(rewrite));
  out.elements.push_back(text("appendonly"));
  out.elements.push_back(text(only));
  out.elements.push_back(text("appendfsync"));
  out.elements.push_back(text(fsync));
  return out;
}

std::string info(int used, int limit) {
  return "# Memory\r\nused_memory:" + std::to_string(used) +
         "\r\nused_memory_human:1M\r\nmaxmemory:" + std::to_string(limit) +
         "\r\nmaxmemory_human:0B\r\n";
}

}  // namespace

TEST_CASE("durability requires all three settings") {
  CHECK(read_durability(settings("yes", "always", "no")).level == durability::always);
  CHECK(read_durability(settings("no", "always", "no")).level == durability::weaker);
  CHECK(read_durability(settings("yes", "everysec", "no")).level == durability::weaker);
  CHECK(read_durability(settings("yes", "always", "yes")).level == durability::weaker);
  CHECK(
      read_durability(settings("yes", "everysec", "no")).settings ==
      "appendonly yes, appendfsync everysec, no-appendfsync-on-rewrite no"
  );
}

TEST_CASE("durability is unknown if the settings cannot be read") {
  const auto denied =
      read_durability(text("NOPERM this user has no permissions", redis::reply::kind::error));
  CHECK(denied.level == durability::unknown);
  CHECK(denied.settings == "CONFIG GET failed: NOPERM");
  redis::reply empty;
  empty.type = redis::reply::kind::array;
  CHECK(read_durability(empty).level == durability::unknown);
  auto part = settings("yes", "always", "no");
  part.elements.resize(6);
  CHECK(read_durability(part).level == durability::unknown);
}

TEST_CASE("shedding begins at 75 % and ends below 60 %") {
  memory_monitor monitor;
  const auto shedding_at = [&](int used) {
    monitor.update(info(used, 100));
    return monitor.shedding();
  };
  CHECK_FALSE(shedding_at(74));
  CHECK(shedding_at(75));
  CHECK(shedding_at(60));
  CHECK_FALSE(shedding_at(59));
  CHECK_FALSE(shedding_at(74));
  CHECK(shedding_at(100));
  // maxmemory was removed.
  monitor.update(info(100, 0));
  CHECK_FALSE(monitor.shedding());
  monitor.update("nonsense");
  CHECK_FALSE(monitor.shedding());
}

TEST_CASE("each error reply has its outcome") {
  CHECK(outcome_of_error("OOM") == outcome::oom);
  CHECK(outcome_of_error("MISCONF") == outcome::misconf);
  CHECK(outcome_of_error("LOADING") == outcome::loading);
  CHECK(outcome_of_error("READONLY") == outcome::readonly);
  CHECK(outcome_of_error("NOAUTH") == outcome::noauth);
  CHECK(outcome_of_error("NOPERM") == outcome::noauth);
  CHECK(outcome_of_error("WRONGTYPE") == outcome::redis_error);
  CHECK(outcome_of_error("") == outcome::redis_error);
  for (const auto& row : outcome_rows)
    if (row.value >= outcome::not_connected)
      CHECK(response_to(row.value) == response_kind::unavailable);
}

TEST_CASE("a problem that PING or INFO shows lasts until it is over") {
  using kind = redis::reply::kind;
  const health_monitor::time_point now{};
  health_monitor monitor;
  const auto problem = [&] {
    const auto found = monitor.at(now);
    return found ? std::string(to_string(found->value)) + ": " + found->text : "none";
  };
  CHECK(problem() == "none");
  monitor.on_ping(text("MISCONF Redis is configured to save", kind::error));
  CHECK(problem() == "misconf: MISCONF Redis is configured to save");
  monitor.on_ping(text("LOADING", kind::error));
  CHECK(problem() == "loading: LOADING");
  monitor.on_ping(text("PONG", kind::status));
  CHECK(problem() == "none");
  monitor.on_ping(text("NOPERM this user may not ping", kind::error));
  CHECK(problem() == "none");

  const std::string replica = "# Replication\r\nrole:slave\r\nslave_read_only:";
  monitor.on_replication(text(replica + "1\r\n"));
  CHECK(problem() == "readonly: this server is a read-only replica");
  monitor.on_replication(text("# Replication\r\nrole:master\r\nconnected_slaves:1\r\n"));
  CHECK(problem() == "none");
  // A writable replica.
  monitor.on_replication(text(replica + "0\r\n"));
  CHECK(problem() == "none");
  monitor.on_replication(text(replica + "1\r\n"));
  monitor.on_replication(text("NOPERM", kind::error));
  CHECK(problem() == "none");
  monitor.on_replication(text(replica + "1\r\n"));
  monitor.forget_observed();
  CHECK(problem() == "none");
}

TEST_CASE("the reply to a delivery takes precedence over PING and INFO") {
  using kind = redis::reply::kind;
  const health_monitor::time_point now{};
  health_monitor monitor;
  monitor.on_ping(text("MISCONF", kind::error));
  CHECK(monitor.on_append_rejected(text("OOM", kind::error), now).value == outcome::oom);
  CHECK(monitor.at(now)->value == outcome::oom);
  CHECK(monitor.at(now + std::chrono::seconds(3))->value == outcome::misconf);
  monitor.on_append_rejected(text("OOM", kind::error), now);
  monitor.on_appended();
  CHECK(monitor.at(now)->value == outcome::misconf);
}

TEST_CASE("readiness reports the first queue that does not accept deliveries") {
  queue_state good;
  good.accepting = true;
  good.level = durability::always;
  queue_state bad;
  bad.reason = outcome::readonly;
  bad.error = "READONLY You can't \"write\"\n";
  CHECK(
      respond_to_probe("/readyz", false, {good, good}).body ==
      R"({"ready":true,"durability":"always"})"
  );
  const auto response = respond_to_probe("/readyz", false, {good, bad});
  CHECK(response.status == 503);
  CHECK(
      response.body ==
      R"({"ready":false,"reason":"readonly","detail":"READONLY You can't \"write\"\u000a"})"
  );
  CHECK(respond_to_probe("/readyz", true, {good}).body == R"({"ready":false,"reason":"draining"})");
  CHECK(respond_to_probe("/livez", true, {bad}).status == 200);
  CHECK(respond_to_probe("/metrics", false, {good}).status == 404);
}
