// SPDX-License-Identifier: Apache-2.0
// Tests batches whose event rows are written by COPY.
#include <catch2/catch.hpp>
#include <chrono>
#include <future>

#include "common/text/encoding.hpp"
#include "tests/integration/store/support.hpp"

using namespace store_test;
using namespace std::chrono_literals;
using store::outcome;

namespace {

store::store_options copying(std::size_t from) {
  auto settings = options("copier");
  settings.copy_from = from;
  settings.lock_timeout = 60s;
  return settings;
}

constexpr std::size_t always = 1, never = 1000;

std::vector<store::prepared_event> some_of_each_kind() {
  auto events = batch(
      {body_of(message{.id = "AC1", .text = "h\xc3\xa9"}), "not JSON",
       R"({"type":"unheard.of","data":{}})", "\xff\xfe",
       R"({"type":"message.received","data":{"object":{"id":"AC\u0000"}}})",
       body_of(call{.id = "AC2", .participants = {"+14155550142"}})}
  );
  events[0].delivery.provider_delivery_id = "msg_1";
  return events;
}

// Returns all columns except the surrogate id and the server's clock.
const char* const all_rows =
    "select event_key, event_id, event_type, api_version, state, processed, error_message, "
    "sqlstate,"
    " attempts, claims, next_attempt_at, leased_until, received_at, occurred_at,"
    " finished_at is null, activity_id, delivery_id, provider_delivery_id, entry_id, scheme,"
    " key_index, parser_version, payload, raw from webhook_events order by entry_id";

// Another transaction inserts the row of the event and stays open.
void contest(database& db, const store::prepared_event& what) {
  db.hold(
      "insert into webhook_events (event_key, event_id, event_type, state, received_at,"
      " finished_at, delivery_id, entry_id, scheme, key_index, parser_version, payload) values"
      " ('\\x" +
      hex_encode(as_bytes(what.key)) +
      "', 'x', '', 'ignored', now(), now(), 'D', '0-1', 'hex', 0, 1, '{}')"
  );
}

void wait_for_collision(database& db) {
  REQUIRE(
      db.wait_for(
          "select count(*) from pg_stat_activity where application_name = 'copier'"
          " and wait_event_type = 'Lock' and query ilike '%copy webhook_events%'",
          "1"
      ) == "1"
  );
}

}  // namespace

TEST_CASE("rows made by COPY are those made by INSERT") {
  database db;
  const auto events = some_of_each_kind();
  const auto inserted = open_store(copying(never))->apply(events).value();
  const auto rows = db.query(all_rows);
  database emptied;
  const auto copied = open_store(copying(always))->apply(events).value();
  CHECK(copied == inserted);
  CHECK(emptied.query(all_rows) == rows);
  CHECK(
      emptied.query("select count(*), count(distinct finished_at),"
                    " max(abs(extract(epoch from finished_at - now()))) < 60"
                    " from webhook_events") == "6|1|t"
  );
}

TEST_CASE("COPY reports copies in a batch and of existing rows like INSERT") {
  database db;
  const auto store = open_store(copying(always));
  const auto old = body_of(message{.id = "AC1"}), fresh = body_of(message{.id = "AC2"});
  REQUIRE(store->apply(std::vector{event(old, "1-1")}).has_value());
  const std::vector mixed{
      event(old, "1-1"), event(fresh, "1-2"), event(old, "1-3"), event(fresh, "1-4")};
  CHECK(
      store->apply(mixed).value() ==
      std::vector{outcome::redelivered, outcome::processed, outcome::duplicate, outcome::duplicate}
  );
  CHECK(db.query("select entry_id from webhook_events order by 1") == "1-1\n1-2");
  CHECK(store->apply(mixed).value() == std::vector(4, outcome::redelivered));
  CHECK(db.query("select count(*) from activities") == "2");
}

TEST_CASE("an event that another transaction is inserting is waited for") {
  for (const bool committed : {true, false}) {
    database db;
    const auto store = open_store(copying(2));
    const auto contested = event(body_of(message{.id = "AC1"}), "1-1");
    REQUIRE(store->apply(std::vector{event("{}", "9-1"), event("{ }", "9-2")}).has_value());
    contest(db, contested);
    auto pending = std::async(std::launch::async, [&] {
      return store->apply(std::vector{contested, event(body_of(message{.id = "AC2"}), "1-2")});
    });
    wait_for_collision(db);
    committed ? db.commit() : db.rollback();
    REQUIRE(pending.wait_for(10s) == std::future_status::ready);
    const auto first = committed ? outcome::duplicate : outcome::processed;
    CHECK(pending.get().value() == std::vector{first, outcome::processed});
    CHECK(db.query("select max(attempts), max(claims) from webhook_events") == "0|0");
    CHECK(db.query("select count(*) from activities") == (committed ? "1" : "2"));
  }
}

TEST_CASE("an error of COPY has its SQLSTATE and no row data") {
  database db;
  db.run("alter table webhook_events add constraint no_secrets check (activity_id <> 'secret 42')");
  const auto store = open_store(copying(always));
  const auto rejected = store->apply(std::vector{event(body_of(message{.id = "secret 42"}))});
  db.run("alter table webhook_events drop constraint no_secrets");
  REQUIRE(rejected.has_error());
  CHECK(rejected.error().kind == store::store_error_kind::sql);
  CHECK(rejected.error().sqlstate == "23514");
  CHECK(rejected.error().message.find("no_secrets") != std::string::npos);
  CHECK(rejected.error().message.find("secret 42") == std::string::npos);
  CHECK(store->apply(std::vector{event(body_of(message{.id = "AC1"}))}).has_value());
}

TEST_CASE("a connection that ends during COPY is lost, and the next batch finds another") {
  database db;
  const auto store = open_store(copying(always));
  REQUIRE(store->apply(std::vector{event("{}", "9-1")}).has_value());
  const std::vector events{event(body_of(message{.id = "AC1"}))};
  contest(db, events.front());
  auto pending = std::async(std::launch::async, [&] { return store->apply(events); });
  wait_for_collision(db);
  store->interrupt();
  REQUIRE(pending.wait_for(10s) == std::future_status::ready);
  db.rollback();
  const auto lost = pending.get();
  REQUIRE(lost.has_error());
  CHECK(lost.error().kind == store::store_error_kind::lost);
  CHECK(store->apply(events).value() == std::vector{outcome::processed});
}
