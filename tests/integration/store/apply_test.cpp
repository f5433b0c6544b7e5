// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/integration/store/support.hpp"

using namespace store_test;
using store::outcome;

TEST_CASE("a message makes its event, activity, contact and conversation") {
  database db;
  const auto store = open_store();
  const auto body = body_of(message{.id = "AC1", .conversation = "CN1"});
  const std::vector events{event(body)};
  REQUIRE(store->apply(events).value() == std::vector{outcome::processed});
  CHECK(
      db.query(
          "select state, processed, event_type, activity_id, entry_id, delivery_id, scheme, "
          "attempts,"
          " event_id = encode(event_key, 'hex'), payload::text = '" +
          body +
          "', raw"
          " from webhook_events"
      ) == "processed|t|message.received|AC1|1-1|D1-1|hex|0|t|t|-"
  );
  CHECK(
      db.query(
          "select a.openphone_id, a.direction, a.body, c.phone, c.named, v.openphone_id,"
          " v.last_activity_id, v.contact_id = c.id from activities a"
          " join contacts c on c.id = a.contact_id join conversations v on v.id = a.conversation_id"
      ) == "AC1|incoming|hello|+14155550142|t|CN1|AC1|t"
  );
  CHECK(db.query("select phone, from_events from own_numbers") == "+14155550100|t");
}

TEST_CASE("the recipe's body gives one incoming message without contact, processed") {
  database db;
  const auto store = open_store();
  apply(*store, {R"({"type":"message.received","data":{"object":{"id":"TEST123"}}})"});
  CHECK(
      db.query("select openphone_id, activity_type, direction, contact_id, conversation_id from "
               "activities") == "TEST123|message|incoming|-|-"
  );
  CHECK(db.query("select state from webhook_events") == "processed");
}

TEST_CASE("the same entry again is redelivered, another one with the same bytes a duplicate") {
  database db;
  const auto store = open_store();
  const auto body = body_of(message{.id = "AC1"});
  REQUIRE(store->apply(std::vector{event(body, "1-1")}).has_value());
  db.run("update activities set body = 'untouched'");
  const std::vector again{event(body, "1-1"), event(body, "1-2"), event(body, "1-1")};
  CHECK(
      store->apply(again).value() ==
      std::vector{outcome::redelivered, outcome::duplicate, outcome::redelivered}
  );
  CHECK(db.query("select count(*), max(entry_id) from webhook_events") == "1|1-1");
  CHECK(db.query("select body from activities") == "untouched");
  // A further entry is counted once, however often it is delivered.
  store::apply_stats stats;
  CHECK(store->apply(again, &stats).value() == std::vector(3, outcome::redelivered));
  CHECK(stats.copies == std::set<std::string>{"1-2"});
  CHECK(
      db.query("select c.entry_id, c.received_at = e.received_at from event_copies c"
               " join webhook_events e using (event_key)") == "1-2|t"
  );
}

TEST_CASE("every entry is the entry of an event or of a copy") {
  database db;
  const auto store = open_store();
  const auto one = body_of(message{.id = "AC1"}), two = body_of(message{.id = "AC2"});
  const auto entries = [&db] {
    return db.query(
        "select string_agg(entry_id, ' ' order by entry_id)"
        " from (select entry_id from webhook_events union all select entry_id from event_copies) e"
    );
  };
  const std::vector mixed{event(one, "1-1"),  event(two, "1-2"), event(one, "1-3"),
                          event("{}", "1-4"), event(two, "1-5"), event("{}", "1-6")};
  CHECK(
      store->apply(mixed).value() ==
      std::vector{
          outcome::processed, outcome::processed, outcome::duplicate, outcome::dead,
          outcome::duplicate, outcome::duplicate}
  );
  CHECK(entries() == "1-1 1-2 1-3 1-4 1-5 1-6");
  CHECK(store->apply(mixed).value() == std::vector(6, outcome::redelivered));
  // A copy that is applied alone, or dead-lettered, counts too.
  const store::store_error why{store::store_error_kind::sql, "22003", "out of range"};
  CHECK(store->fail(event(one, "1-7"), why, {}, 16).value() == outcome::duplicate);
  CHECK(store->insert_dead_letter(event(one, "1-8"), "reason").value() == outcome::duplicate);
  CHECK(store->insert_dead_letter(event(one, "1-8"), "reason").value() == outcome::redelivered);
  CHECK(entries() == "1-1 1-2 1-3 1-4 1-5 1-6 1-7 1-8");
}

TEST_CASE("a batch that fails counts no copies") {
  database db;
  const auto store = open_store();
  REQUIRE(store->apply(std::vector{event(body_of(message{.id = "AC1"}), "1-1")}).has_value());
  db.run("alter table activities add constraint fault check (openphone_id <> 'AC2')");
  const auto failed = store->apply(std::vector{
      event(body_of(message{.id = "AC1"}), "1-2"), event(body_of(message{.id = "AC2"}), "1-3")});
  db.run("alter table activities drop constraint fault");
  REQUIRE(failed.has_error());
  CHECK(db.query("select count(*) from event_copies") == "0");
}

TEST_CASE("of two entries with one key in a batch the first counts") {
  database db;
  const auto store = open_store();
  const auto body = body_of(message{.id = "AC1"});
  const std::vector twice{event(body, "1-1"), event(body, "1-2")};
  CHECK(store->apply(twice).value() == std::vector{outcome::processed, outcome::duplicate});
  CHECK(db.query("select entry_id from webhook_events") == "1-1");
}

TEST_CASE("an event id with two bodies is two events") {
  database db;
  const auto store = open_store();
  stream::delivery delivery;
  delivery.provider_delivery_id = "msg_1";
  std::vector<store::prepared_event> events;
  for (const char* id : {"AC1", "AC2"}) {
    delivery.body = body_of(message{.id = id});
    events.push_back(store::prepare(std::string("1-") + id, delivery));
  }
  CHECK(store->apply(events).value() == std::vector{outcome::processed, outcome::processed});
  CHECK(
      db.query("select event_id, provider_delivery_id from webhook_events") ==
      "msg_1|msg_1\nmsg_1|msg_1"
  );
}

TEST_CASE("bytes that are no event are dead with a reason and are kept") {
  database db;
  const auto store = open_store();
  const std::string bytes("not json \0\xff", 11);
  CHECK(store->apply(std::vector{event(bytes)}).value() == std::vector{outcome::dead});
  CHECK(
      db.query(
          "select state, error_message <> '', payload, encode(raw, 'hex'), finished_at is not null"
          " from webhook_events"
      ) == "dead|t|-|6e6f74206a736f6e2000ff|t"
  );
  CHECK(db.query("select count(*) from activities") == "0");
}

TEST_CASE("unknown types are kept and ignored") {
  database db;
  const auto store = open_store();
  const auto body = R"({"id":"EV77","type":"call.teleported","data":{"object":{"id":"AC1"}}})";
  CHECK(store->apply(std::vector{event(body)}).value() == std::vector{outcome::ignored});
  CHECK(db.query("select state, processed, event_id from webhook_events") == "ignored|f|EV77");
  CHECK(db.query("select count(*) from activities") == "0");
}

TEST_CASE("several facts of one call in one batch are applied in rounds") {
  database db;
  const auto store = open_store();
  apply(
      *store,
      {R"({"type":"call.recording.completed","data":{"object":{"id":"REC1","callId":"AC9","url":"https://x.example/r","duration":7,"size":9}}})",
       body_of(call{"AC9", {"+14155550142", "+14155550100"}}),
       R"({"type":"call_summary.created","data":{"object":{"callId":"AC9","summary":"short"}}})"}
  );
  CHECK(
      db.query("select activity_type, recording_url, duration_seconds, ai_summary from activities"
      ) == "call|https://x.example/r|60|short"
  );
  CHECK(
      db.query("select recording_id, url, duration_seconds, size_bytes from recordings") ==
      "REC1|https://x.example/r|7|9"
  );
}

TEST_CASE("a fact that adds nothing writes nothing") {
  database db;
  const auto store = open_store();
  apply(*store, {body_of(message{.id = "AC1", .conversation = "CN1"})});
  const auto version =
      "select xmin from activities union all select xmin from contacts"
      " union all select xmin from conversations";
  const auto before = db.query(version);
  // The same message in other bytes is another event without a new fact.
  apply(*store, {body_of(message{.id = "AC1", .conversation = "CN1"}) + " "});
  CHECK(db.query("select count(*) from webhook_events") == "2");
  CHECK(db.query(version) == before);
}
