// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/integration/store/support.hpp"

using namespace store_test;

namespace {
const auto assignments =
    "select a.openphone_id, c.phone, coalesce(v.openphone_id, v.party_key)"
    " from activities a left join contacts c on c.id = a.contact_id"
    " left join conversations v on v.id = a.conversation_id order by 1";
const auto links =
    "select l.party_key, l.ref, coalesce(v.openphone_id, v.party_key)"
    " from conversation_links l join conversations v on v.id = l.conversation_id order by 1";
const auto names = "select phone, name, card_id from contacts order by 1";
const std::string pair = "+14155550100,+14155550142";
}  // namespace

TEST_CASE("learning an own number finds the contact of calls that came before") {
  database db;
  const auto store = open_store();
  apply(*store, {body_of(call{"AC1", {"+14155550142", "+14155550100"}})});
  CHECK(db.query(assignments) == "AC1|-|" + pair);
  // A message from a number to another one proves the own number.
  const auto stats = apply(
      *store,
      {body_of(message{
          .id = "AC2", .from = "+14155550100", .to = "+14155550177", .direction = "outgoing"})}
  );
  CHECK(stats.restructured);
  CHECK(
      db.query(assignments) ==
      "AC1|+14155550142|" + pair + "\nAC2|+14155550177|+14155550100,+14155550177"
  );
  CHECK(
      db.query(
          "select phone from conversations v join contacts c on c.id = v.contact_id"
          " where party_key = '" +
          pair + "'"
      ) == "+14155550142"
  );
}

TEST_CASE("a contact that is not explicit is deleted when no activity refers to it") {
  database db;
  const auto store = open_store();
  apply(*store, {body_of(call{"AC1", {"+14155550143"}})});
  CHECK(db.query("select phone, named from contacts") == "+14155550143|f");
  const auto stats = apply(
      *store,
      {body_of(message{
          .id = "AC2", .from = "+14155550143", .to = "+14155550177", .direction = "outgoing"})}
  );
  CHECK(stats.restructured);
  CHECK(db.query("select phone, named from contacts") == "+14155550177|t");
}

TEST_CASE("a later conversation id gets the activities of the fallback") {
  database db;
  const auto store = open_store();
  apply(*store, {body_of(message{.id = "AC1"})});
  CHECK(db.query(assignments) == "AC1|+14155550142|" + pair);
  const auto stats = apply(*store, {body_of(message{.id = "AC2", .conversation = "CN5"})});
  CHECK(stats.restructured);
  CHECK(db.query(assignments) == "AC1|+14155550142|CN5\nAC2|+14155550142|CN5");
  CHECK(db.query(links) == pair + "|CN5|CN5");
  CHECK(db.query("select count(*) from conversations") == "1");
  CHECK(db.query("select last_activity_id from conversations") == "AC2");
}

TEST_CASE(
    "of two conversation ids with the same parties the lesser one gets the link, and none is merged"
) {
  database db;
  const auto store = open_store();
  apply(
      *store, {body_of(message{.id = "AC1", .conversation = "CN5"}), body_of(message{.id = "AC2"})}
  );
  const auto stats = apply(*store, {body_of(message{.id = "AC3", .conversation = "CN3"})});
  CHECK(stats.restructured);
  CHECK(
      db.query(assignments) == "AC1|+14155550142|CN5\nAC2|+14155550142|CN3\nAC3|+14155550142|CN3"
  );
  CHECK(db.query(links) == pair + "|CN3|CN3");
  CHECK(
      db.query("select openphone_id, last_activity_id from conversations order by 1") ==
      "CN3|AC3\nCN5|AC1"
  );
}

TEST_CASE("ordinary batches do not restructure") {
  database db;
  const auto store = open_store();
  apply(*store, {body_of(message{.id = "AC1", .conversation = "CN5"})});
  CHECK_FALSE(apply(*store, {body_of(message{.id = "AC2", .conversation = "CN5"})}).restructured);
  CHECK_FALSE(apply(*store, {body_of(message{.id = "AC3"})}).restructured);
  CHECK(db.query("select count(distinct conversation_id) from activities") == "1");
}

TEST_CASE("a contact has the name of the newest card that lists it and is not deleted") {
  database db;
  const auto store = open_store();
  const auto at = [](int hour) { return "2026-11-20T1" + std::to_string(hour) + ":00:00.000Z"; };
  apply(*store, {body_of(card{"CT1", "Ann", at(1), {"+14155550142", "+14155550143"}})});
  CHECK(db.query(names) == "+14155550142|Ann|CT1\n+14155550143|Ann|CT1");
  apply(*store, {body_of(card{"CT2", "Bob", at(2), {"+14155550143"}})});
  CHECK(db.query(names) == "+14155550142|Ann|CT1\n+14155550143|Bob|CT2");
  // An older version of the card arrives late. It does not change the card, but adds its number.
  apply(*store, {body_of(card{"CT2", "Rob", at(0), {"+14155550144"}})});
  CHECK(
      db.query(names) == "+14155550142|Ann|CT1\n+14155550143|Bob|CT2\n+14155550144|+14155550144|-"
  );
  apply(*store, {body_of(card{"CT2", "Bob", at(3), {"+14155550144"}})});
  CHECK(db.query(names) == "+14155550142|Ann|CT1\n+14155550143|Ann|CT1\n+14155550144|Bob|CT2");
  apply(*store, {body_of(card{"CT1", "Ann", at(4), {"+14155550142"}, true})});
  CHECK(
      db.query(names) ==
      "+14155550142|+14155550142|-\n+14155550143|+14155550143|-\n+14155550144|Bob|CT2"
  );
}

TEST_CASE("configured own numbers count as learned, and stay configured") {
  database db;
  auto settings = options();
  const auto plain = open_store(settings);
  apply(*plain, {body_of(call{"AC1", {"+14155550142", "+14155550100"}})});
  settings.own_numbers = {"+14155550100"};
  const auto store = open_store(settings);
  REQUIRE(store->adopt_own_numbers().value());
  CHECK(db.query(assignments) == "AC1|+14155550142|" + pair);
  CHECK(db.query("select phone, from_events from own_numbers") == "+14155550100|f");
  apply(*store, {body_of(message{.id = "AC2"})});
  CHECK(db.query("select phone, from_events from own_numbers") == "+14155550100|f");
}
