// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "common/text/encoding.hpp"
#include "store/events/event_rows.hpp"
#include "store/events/event_store.hpp"

using namespace trunkline;

TEST_CASE("the event key is SHA-256 of provider id, a zero byte and the body") {
  CHECK(store::make_event_key("msg_1", "{}") == sha256(std::string_view("msg_1\0{}", 8)));
  CHECK(store::make_event_key("", "{}") == sha256(std::string_view("\0{}", 3)));
  CHECK(store::make_event_key("a", "b") != store::make_event_key("", "ab"));
}

TEST_CASE("prepare() parses the body and makes the key") {
  stream::delivery delivery;
  delivery.body = R"({"type":"message.received","data":{"object":{"id":"TEST123"}}})";
  const auto event = store::prepare("5-1", delivery);
  CHECK(event.entry_id == "5-1");
  CHECK(event.key == store::make_event_key("", delivery.body));
  CHECK(event.event.what == parse::verdict::apply);
  CHECK(store::subject_of(event.event) == "TEST123");
}

TEST_CASE("the verdict of the parser becomes the state of the row") {
  parse::event event;
  event.what = parse::verdict::apply;
  CHECK(store::disposition_of(event).state == "processed");
  CHECK(store::outcome_of(store::disposition_of(event)) == store::outcome::processed);
  event.what = parse::verdict::ignore;
  CHECK(store::disposition_of(event).state == "ignored");
  CHECK(store::outcome_of(store::disposition_of(event)) == store::outcome::ignored);
  event.what = parse::verdict::dead;
  event.reason = "not JSON";
  CHECK(store::disposition_of(event).state == "dead");
  CHECK(store::disposition_of(event).message == "not JSON");
  CHECK(store::outcome_of(store::disposition_of(event)) == store::outcome::dead);
}
