// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "store/events/pause_error.hpp"
#include "tests/integration/store/support.hpp"

using namespace store_test;
using namespace std::chrono_literals;
using store::outcome;

namespace {

const store::store_error broken{store::store_error_kind::sql, "22003", "out of range"};
const auto state =
    "select state, attempts, claims, leased_until is not null, error_message, sqlstate"
    " from webhook_events";
// Makes every retry due and ends every lease.
void pass_time(database& db) {
  db.run(
      "update webhook_events set next_attempt_at = now() - interval '1 second',"
      " leased_until = leased_until - interval '1 hour' where state = 'retrying'"
  );
}

}  // namespace

TEST_CASE("a counted failure makes a retrying row, due after its delay") {
  database db;
  const auto store = open_store();
  const auto bad = event(body_of(message{.id = "AC1"}));
  CHECK(store->fail(bad, broken, 60s, 16).value() == outcome::retrying);
  CHECK(db.query(state) == "retrying|1|0|f|out of range|22003");
  CHECK(
      db.query(
          "select next_attempt_at - now() between interval '50 s' and interval '60 s', finished_at"
          " from webhook_events"
      ) == "t|-"
  );
  CHECK(store->fail(bad, broken, 60s, 16).value() == outcome::redelivered);
  CHECK(
      store->fail(event(body_of(message{.id = "AC1"}), "1-2"), broken, 60s, 16).value() ==
      outcome::duplicate
  );
  CHECK(db.query(state) == "retrying|1|0|f|out of range|22003");
  CHECK(db.query("select count(*) from activities") == "0");
  // A copy on the stream changes nothing either.
  CHECK(
      store->apply(std::vector{event(body_of(message{.id = "AC1"}), "1-3")}).value() ==
      std::vector{outcome::duplicate}
  );
  CHECK(db.query("select count(*) from activities") == "0");
}

TEST_CASE("a failure at the limit is dead at once") {
  database db;
  const auto store = open_store();
  CHECK(store->fail(event("{}"), broken, 1s, 1).value() == outcome::dead);
  CHECK(db.query(state) == "dead|1|0|f|out of range|22003");
}

TEST_CASE("insert_dead_letter() keeps the bytes and the reason") {
  database db;
  const auto store = open_store();
  CHECK(
      store
          ->insert_dead_letter(event(std::string("\0x", 2)), "delivered 5 times without an outcome")
          .value() == outcome::dead
  );
  CHECK(
      db.query("select state, error_message, encode(raw, 'hex') from webhook_events") ==
      "dead|delivered 5 times without an outcome|0078"
  );
}

TEST_CASE("a lease is taken once, applied once, and settled with its effects") {
  database db;
  const auto store = open_store();
  const auto body = body_of(message{.id = "AC1", .conversation = "CN1"});
  REQUIRE(store->fail(event(body), broken, 1h, 16).has_value());
  CHECK(store->lease_due(10, 60s, 5).value().empty());  // not due
  pass_time(db);
  const auto leased = store->lease_due(10, 60s, 5).value();
  REQUIRE(leased.size() == 1);
  CHECK(leased[0].claims == 1);
  CHECK(leased[0].attempts == 1);
  CHECK(leased[0].what.delivery.body == body);
  CHECK(leased[0].what.entry_id == "1-1");
  CHECK(leased[0].what.delivery.received_at_ms == 1795194181310);
  CHECK(leased[0].what.key == event(body).key);
  CHECK(
      db.query("select leased_until - now() between interval '50 s' and interval '60 s' from "
               "webhook_events") == "t"
  );
  CHECK(store->lease_due(10, 60s, 5).value().empty());  // leased
  CHECK(store->apply_leased(leased).value() == std::vector{true});
  CHECK(db.query(state) == "processed|1|1|f|-|-");
  CHECK(db.query("select openphone_id from activities") == "AC1");
  CHECK(store->apply_leased(leased).value() == std::vector{false});
}

TEST_CASE("a lost lease changes nothing of that event, and the others of its batch commit") {
  database db;
  const auto store = open_store();
  REQUIRE(store->fail(event(body_of(message{.id = "AC1"}), "1-1"), broken, 0s, 16).has_value());
  REQUIRE(store->fail(event(body_of(message{.id = "AC2"}), "1-2"), broken, 0s, 16).has_value());
  pass_time(db);
  auto leased = store->lease_due(10, 60s, 5).value();
  REQUIRE(leased.size() == 2);
  // Its lease expires and another worker claims it.
  db.run(
      "update webhook_events set claims = claims + 1 where id = " + std::to_string(leased[0].id)
  );
  CHECK(store->apply_leased(leased).value() == std::vector{false, true});
  CHECK(
      db.query("select openphone_id from activities") == leased[1].what.event.activity->openphone_id
  );
  CHECK_FALSE(store->fail_leased(leased[0], broken, 1s, 16).value());
  REQUIRE(store->release(std::vector{leased[0]}).has_value());
  CHECK(
      db.query(
          "select state, claims, leased_until is not null from webhook_events where id = " +
          std::to_string(leased[0].id)
      ) == "retrying|2|t"
  );
}

TEST_CASE("a failed retry counts an attempt, and is dead at the limit") {
  database db;
  const auto store = open_store();
  REQUIRE(store->fail(event(body_of(message{.id = "AC1"})), broken, 0s, 16).has_value());
  pass_time(db);
  auto leased = store->lease_due(10, 60s, 5).value();
  CHECK(store->fail_leased(leased.at(0), broken, 30s, 3).value());
  CHECK(db.query(state) == "retrying|2|0|f|out of range|22003");
  CHECK(db.query("select next_attempt_at > now() + interval '20 s' from webhook_events") == "t");
  pass_time(db);
  leased = store->lease_due(10, 60s, 5).value();
  CHECK(store->fail_leased(leased.at(0), broken, 30s, 3).value());
  CHECK(db.query(state) == "dead|3|0|f|out of range|22003");
  CHECK(db.query("select next_attempt_at, finished_at is not null from webhook_events") == "-|t");
}

TEST_CASE("a released lease does not count") {
  database db;
  const auto store = open_store();
  REQUIRE(store->fail(event(body_of(message{.id = "AC1"})), broken, 0s, 16).has_value());
  pass_time(db);
  const auto leased = store->lease_due(10, 60s, 5).value();
  REQUIRE(store->release(leased).value());
  CHECK(db.query(state) == "retrying|1|0|f|out of range|22003");
  CHECK(store->lease_due(10, 60s, 5).value().size() == 1);
}

TEST_CASE("claims without an outcome end in a dead row") {
  database db;
  const auto store = open_store();
  REQUIRE(store->fail(event(body_of(message{.id = "AC1"})), broken, 0s, 16).has_value());
  for (int claim = 1; claim <= 3; ++claim) {
    pass_time(db);
    const auto due = store->lease_due(10, 60s, 3).value();
    const auto leased = claim == 1 ? due : store->lease_suspect(60s, 3).value();
    REQUIRE(leased.size() == 1);
    CHECK(leased[0].claims == claim);
    CHECK(due.size() == (claim == 1 ? 1 : 0));
  }
  std::vector<store::expired_retry> buried;
  CHECK(store->lease_due(10, 60s, 3, &buried).value().empty());
  CHECK(store->lease_suspect(60s, 3).value().empty());
  CHECK(
      db.query("select state from webhook_events") == "retrying"
  );  // the last lease is still valid
  CHECK(buried.empty());
  pass_time(db);
  CHECK(store->lease_suspect(60s, 3).value().empty());  // it becomes a dead letter instead
  CHECK(store->lease_due(10, 60s, 3, &buried).value().empty());
  REQUIRE(buried.size() == 1);
  CHECK(buried[0].entry_id == "1-1");
  CHECK(buried[0].reason == "crashed the worker");
  CHECK(
      db.query("select state, error_message, next_attempt_at from webhook_events") ==
      "dead|crashed the worker|-"
  );
}

TEST_CASE("retries with an expired lease are leased one at a time, the longest waiting first") {
  database db;
  const auto store = open_store(), other = open_store();
  for (int i = 0; i < 3; ++i) {
    const auto id = std::to_string(i);
    REQUIRE(
        store->fail(event(body_of(message{.id = "AC" + id}), "1-" + id), broken, 0s, 16).has_value()
    );
  }
  pass_time(db);
  CHECK(store->lease_suspect(60s, 5).value().empty());
  REQUIRE(store->lease_due(10, 60s, 5).value().size() == 3);
  CHECK(store->lease_suspect(60s, 5).value().empty());  // leased
  pass_time(db);
  db.run(
      "update webhook_events set leased_until = now() - interval '2 hours' where entry_id = '1-1'"
  );
  const auto suspect = store->lease_suspect(60s, 5).value();
  REQUIRE(suspect.size() == 1);
  CHECK(suspect[0].what.entry_id == "1-1");
  CHECK(suspect[0].claims == 2);
  CHECK(
      db.query("select string_agg(claims::text, ',' order by entry_id) from webhook_events") ==
      "1,2,1"
  );
  // A released retry stays a suspect if it was claimed before.
  REQUIRE(store->release(suspect).value());
  CHECK(store->lease_due(10, 60s, 5).value().empty());
  for (int i = 0; i < 3; ++i)
    CHECK((i % 2 ? store : other)->lease_suspect(60s, 5).value().size() == 1);
  CHECK(store->lease_suspect(60s, 5).value().empty());
  CHECK(db.query("select max(claims) from webhook_events") == "2");
}

TEST_CASE("two workers never lease the same row") {
  database db;
  const auto store = open_store(), other = open_store();
  for (int i = 0; i < 6; ++i) {
    const auto id = std::to_string(i);
    REQUIRE(
        store->fail(event(body_of(message{.id = "AC" + id}), "1-" + id), broken, 0s, 16).has_value()
    );
  }
  pass_time(db);
  CHECK(store->lease_due(4, 60s, 5).value().size() == 4);
  CHECK(other->lease_due(4, 60s, 5).value().size() == 2);
}

TEST_CASE("no event changes during a pause, which ends by the database's clock") {
  database db;
  const auto store = open_store();
  const auto body = body_of(message{.id = "AC1"});
  const store::store_error why = broken;
  REQUIRE(store->fail(event(body, "1-1"), why, 0ms, 16).value() == outcome::retrying);
  const auto leased = store->lease_due(10, 60s, 5).value();
  REQUIRE(leased.size() == 1);
  const std::string pause =
      "insert into controls (name, value, until) values ('pause', 'on', now() + ";
  db.run(pause + "interval '1 hour')");
  const auto state = "select state, attempts, claims, count(*) over () from webhook_events";
  const auto before = db.query(state);
  const auto other = event(body_of(message{.id = "AC2"}), "2-1");
  CHECK(store::is_pause(store->apply(std::vector{other}).error()));
  CHECK(store::is_pause(store->fail(other, why, 0ms, 16).error()));
  CHECK(store::is_pause(store->insert_dead_letter(other, "crashed").error()));
  CHECK(store::is_pause(store->apply_leased(leased).error()));
  CHECK(store::is_pause(store->fail_leased(leased[0], why, 0ms, 16).error()));
  CHECK(store::is_pause(store->lease_due(10, 60s, 5).error()));
  CHECK(store::is_pause(store->lease_suspect(60s, 5).error()));
  CHECK(db.query(state) == before);
  CHECK(db.query("select count(*) from activities") == "0");
  // Its leases may be released, and the connection remains usable.
  CHECK(store->release(leased).value());
  db.run("update controls set until = now() where name = 'pause'");
  CHECK(store->apply(std::vector{other}).has_value());
  CHECK(store->lease_due(10, 60s, 5).value().size() == 1);
  db.run("delete from controls where name = 'pause'");
}
