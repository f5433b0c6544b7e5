// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "gateway/durability.hpp"
#include "gateway/memory_shedding.hpp"
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

TEST_CASE("only all three settings together are durable") {
  CHECK(read_durability(settings("yes", "always", "no")).level == durability::always);
  CHECK(read_durability(settings("no", "always", "no")).level == durability::weaker);
  CHECK(read_durability(settings("yes", "everysec", "no")).level == durability::weaker);
  CHECK(read_durability(settings("yes", "always", "yes")).level == durability::weaker);
  CHECK(
      read_durability(settings("yes", "everysec", "no")).settings ==
      "appendonly yes, appendfsync everysec, no-appendfsync-on-rewrite no"
  );
}

TEST_CASE("what may not be read is unknown") {
  const auto refused =
      read_durability(text("NOPERM this user has no permissions", redis::reply::kind::error));
  CHECK(refused.level == durability::unknown);
  CHECK(refused.settings == "CONFIG GET is refused: NOPERM");
  redis::reply empty;
  empty.type = redis::reply::kind::array;
  CHECK(read_durability(empty).level == durability::unknown);
  auto part = settings("yes", "always", "no");
  part.elements.resize(6);
  CHECK(read_durability(part).level == durability::unknown);
}

TEST_CASE("shedding begins at 75 % and ends below 60 %") {
  memory_watch watch;
  const auto shedding_at = [&](int used) {
    watch.update(info(used, 100));
    return watch.shedding();
  };
  CHECK_FALSE(shedding_at(74));
  CHECK(shedding_at(75));
  CHECK(shedding_at(60));
  CHECK_FALSE(shedding_at(59));
  CHECK_FALSE(shedding_at(74));
  CHECK(shedding_at(100));
  watch.update(info(100, 0));  // no limit any more
  CHECK_FALSE(watch.shedding());
  watch.update("nonsense");
  CHECK_FALSE(watch.shedding());
}

TEST_CASE("error replies are told apart") {
  CHECK(outcome_of_error("OOM") == outcome::oom);
  CHECK(outcome_of_error("MISCONF") == outcome::misconf);
  CHECK(outcome_of_error("LOADING") == outcome::loading);
  CHECK(outcome_of_error("READONLY") == outcome::readonly);
  CHECK(outcome_of_error("NOAUTH") == outcome::noauth);
  CHECK(outcome_of_error("NOPERM") == outcome::noauth);
  CHECK(outcome_of_error("WRONGTYPE") == outcome::redis_error);
  CHECK(outcome_of_error("") == outcome::redis_error);
  for (const auto& row : outcome_rows)
    if (row.what >= outcome::not_connected) CHECK(row.given == answer::unavailable);
}

TEST_CASE("what Redis tells without a delivery is known, and forgotten when it is over") {
  using kind = redis::reply::kind;
  const trouble_watch::time_point now{};
  trouble_watch watch;
  const auto told = [&] {
    const auto found = watch.at(now);
    return found ? std::string(to_string(found->what)) + ": " + found->text : "well";
  };
  CHECK(told() == "well");
  watch.on_ping(text("MISCONF Redis is configured to save", kind::error));
  CHECK(told() == "misconf: MISCONF Redis is configured to save");
  watch.on_ping(text("LOADING", kind::error));
  CHECK(told() == "loading: LOADING");
  watch.on_ping(text("PONG", kind::status));
  CHECK(told() == "well");
  watch.on_ping(text("NOPERM this user may not ping", kind::error));
  CHECK(told() == "well");

  const std::string replica = "# Replication\r\nrole:slave\r\nslave_read_only:";
  watch.on_replication(text(replica + "1\r\n"));
  CHECK(told() == "readonly: this server is a read-only replica");
  watch.on_replication(text("# Replication\r\nrole:master\r\nconnected_slaves:1\r\n"));
  CHECK(told() == "well");
  watch.on_replication(text(replica + "0\r\n"));  // it takes writes
  CHECK(told() == "well");
  watch.on_replication(text(replica + "1\r\n"));
  watch.on_replication(text("NOPERM", kind::error));
  CHECK(told() == "well");
  watch.on_replication(text(replica + "1\r\n"));
  watch.forget_looks();
  CHECK(told() == "well");
}

TEST_CASE("what became of deliveries comes before what looking tells") {
  using kind = redis::reply::kind;
  const trouble_watch::time_point now{};
  trouble_watch watch;
  watch.on_ping(text("MISCONF", kind::error));
  CHECK(watch.on_append_refused(text("OOM", kind::error), now).what == outcome::oom);
  CHECK(watch.at(now)->what == outcome::oom);
  CHECK(watch.at(now + std::chrono::seconds(3))->what == outcome::misconf);
  watch.on_append_refused(text("OOM", kind::error), now);
  watch.on_appended();
  CHECK(watch.at(now)->what == outcome::misconf);
}

TEST_CASE("readiness tells the first trouble") {
  queue_state good;
  good.accepting = true;
  good.level = durability::always;
  queue_state bad;
  bad.why = outcome::readonly;
  bad.error = "READONLY You can't \"write\"\n";
  CHECK(
      answer_probe("/readyz", false, {good, good}).body == R"({"ready":true,"durability":"always"})"
  );
  const auto told = answer_probe("/readyz", false, {good, bad});
  CHECK(told.status == 503);
  CHECK(
      told.body ==
      R"({"ready":false,"reason":"readonly","detail":"READONLY You can't \"write\"\u000a"})"
  );
  CHECK(answer_probe("/readyz", true, {good}).body == R"({"ready":false,"reason":"draining"})");
  CHECK(answer_probe("/livez", true, {bad}).status == 200);
  CHECK(answer_probe("/metrics", false, {good}).status == 404);
}
