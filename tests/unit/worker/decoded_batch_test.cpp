// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "worker/batch/decoded_batch.hpp"
#include "worker/stream/delivery_stream.hpp"

using namespace trunkline;
using namespace trunkline::worker;

TEST_CASE("The raw event of an entry with a body keeps key, bytes and ids, and is not parsed") {
  const std::string body("{\"type\":\"message.received\"}\0\xff", 29);
  const auto event = raw_event(
      "1795194181310-7",
      {"d", "01J", "t", "1795194181300", "s", "standard", "k", "1", "w", "msg_1", "b", body}
  );
  CHECK(event.entry_id == "1795194181310-7");
  CHECK(event.delivery.body == body);
  CHECK(event.delivery.delivery_id == "01J");
  CHECK(event.delivery.received_at_ms == 1795194181300);
  CHECK(event.key == store::make_event_key("msg_1", body));
  CHECK(event.event.what == parse::verdict::dead);
  CHECK(event.event.event_type.empty());
  CHECK_FALSE(event.event.json_text);
}

TEST_CASE("The raw event of a foreign entry contains all its fields and has its own key", "[E6]") {
  const auto first = raw_event("1795194181310-0", {"hello", "world", "n", "1"});
  const auto second = raw_event("1795194181311-0", {"hello", "world", "n", "1"});
  CHECK(first.delivery.body == "hello=world\nn=1\n");
  CHECK(first.delivery.received_at_ms == 1795194181310);
  CHECK_FALSE(first.delivery.delivery_id.empty());
  CHECK(first.key != second.key);
}

TEST_CASE("A forged time is limited to the range of PostgreSQL") {
  CHECK(
      raw_event("1-0", {"b", "x", "t", "9223372036854775807"}).delivery.received_at_ms ==
      4102444800000
  );
  CHECK(raw_event("18446744073709551615-1", {"x", "y"}).delivery.received_at_ms == 0);
}

TEST_CASE("Entries without a body are undecodable") {
  std::vector<stream::entry> entries(3);
  entries[0].id = "1-0";
  entries[0].problem = "no field b: not written by a gateway";
  entries[1].id = "2-0";
  entries[1].content = stream::delivery{};
  entries[1].content->body = "not JSON";
  entries[2].id = "3-0";
  entries[2].problem = "deleted from the stream";
  const auto batch = decode_batch(std::move(entries));
  CHECK(batch.undecodable == std::vector<std::string>{"1-0", "3-0"});
  REQUIRE(batch.events.size() == 1);
  CHECK(batch.events[0].entry_id == "2-0");
  CHECK(batch.events[0].event.what == parse::verdict::dead);
  CHECK_FALSE(batch.events[0].delivery.delivery_id.empty());
}

TEST_CASE("Stream ids are compared as numbers") {
  CHECK(id_less("9-0", "10-0"));
  CHECK(id_less("10-9", "10-10"));
  CHECK_FALSE(id_less("10-0", "10-0"));
  CHECK_FALSE(id_less("10-10", "10-9"));
  CHECK_FALSE(id_less("18446744073709551615-0", "9223372036854775807-5"));
}
