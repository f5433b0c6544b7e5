// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/stream/contract.hpp"

using namespace trunkline;
using redis::reply;
using namespace std::string_literals;

namespace {

reply string_of(std::string text) {
  reply out;
  out.type = reply::kind::string;
  out.text = std::move(text);
  return out;
}

reply array_of(std::vector<reply> elements) {
  reply out;
  out.type = reply::kind::array;
  out.elements = std::move(elements);
  return out;
}

reply entry_of(const std::vector<std::string>& fields) {
  std::vector<reply> list;
  for (const auto& field : fields) list.push_back(string_of(field));
  return array_of({string_of("1795194181310-7"), array_of(std::move(list))});
}

// Splits at "|": "a|b|" has three fields, the empty text none.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; !text.empty() && at <= text.size();) {
    const auto bar = std::min(text.find('|', at), text.size());
    out.push_back(text.substr(at, bar - at));
    at = bar + 1;
  }
  return out;
}

std::string print(const stream::entry& e) {
  if (!e.content) return e.id + " problem: " + e.problem;
  const auto& c = *e.content;
  return e.id + " t=" + std::to_string(c.received_at_ms) +
         " s=" + std::string(signature::to_string(c.scheme)) + " k=" + std::to_string(c.key_index) +
         " w=" + c.provider_delivery_id + " d=" + c.delivery_id + " b=" + c.body;
}

// Returns the arguments after "XADD key *", which Redis stores.
std::vector<std::string> fields_of(const std::string& wire) {
  redis::reply_reader reader;
  reader.feed(wire);
  reply command;
  REQUIRE(reader.next(command));
  REQUIRE(command.elements.size() > 3);
  CHECK(command.elements[0].text == "XADD");
  CHECK(command.elements[1].text == "{t}:deliveries");
  CHECK(command.elements[2].text == "*");
  std::vector<std::string> fields;
  for (std::size_t i = 3; i < command.elements.size(); ++i)
    fields.push_back(command.elements[i].text);
  return fields;
}

}  // namespace

TEST_CASE("keys of one installation share a hash slot") {
  CHECK(stream::deliveries_key("trunkline") == "{trunkline}:deliveries");
  CHECK(stream::minute_key("t", 29919903) == "{t}:minute:29919903");
  CHECK(stream::process_key("t", "gateway", "a-1") == "{t}:gateway:a-1");
  CHECK(stream::process_pattern("t", "worker") == "{t}:worker:*");
  CHECK(stream::process_pattern("a*[b]", "worker") == "{a\\*\\[b\\]}:worker:*");
}

TEST_CASE("an entry decodes to the delivery that was encoded") {
  stream::delivery sent;
  sent.received_at_ms = 1795194181309;
  sent.key_index = 3;
  sent.delivery_id = "01JD";
  std::string body = "{\"text\":\"h\xc3\xa9\"}";
  SECTION("hex") {
    sent.scheme = signature::scheme::hex;
  }
  SECTION("legacy, bytes that are no text") {
    sent.scheme = signature::scheme::legacy;
    body = "\0\r\n$3\xff"s;
  }
  SECTION("standard, with the provider's id") {
    sent.scheme = signature::scheme::standard;
    sent.provider_delivery_id = "msg_1";
  }
  SECTION("an empty body") {
    body.clear();
  }

  std::string wire;
  stream::append_xadd(wire, stream::deliveries_key("t"), sent, body);
  sent.body = body;
  stream::entry expected{"1795194181310-7", sent, ""};
  CHECK(print(stream::decode_entry(entry_of(fields_of(wire)))) == print(expected));
}

TEST_CASE("an entry is decoded whatever its fields are") {
  const auto [fields, printed] = GENERATE(table<std::string, std::string>({
      {"b|x", "1795194181310-7 t=1795194181310 s=hex k=0 w= d= b=x"},
      {"zz|new|b|x|t|5", "1795194181310-7 t=5 s=hex k=0 w= d= b=x"},
      {"t|soon|k|99999999999|s|future|b|x", "1795194181310-7 t=1795194181310 s=hex k=0 w= d= b=x"},
      {"t|5 |k||b|x", "1795194181310-7 t=1795194181310 s=hex k=0 w= d= b=x"},
      {"b|x|d", "1795194181310-7 t=1795194181310 s=hex k=0 w= d= b=x"},
      {"t|5", "1795194181310-7 problem: no field b: not written by a gateway"},
      {"b", "1795194181310-7 problem: no field b: not written by a gateway"},
      {"", "1795194181310-7 problem: no field b: not written by a gateway"},
  }));
  CAPTURE(fields);
  const auto entry = entry_of(split(fields));
  CHECK(print(stream::decode_entry(entry)) == printed);
  CHECK(print(stream::decode_entry(reply(entry))) == printed);
}

TEST_CASE("a reply that is not an entry is rejected") {
  CHECK(
      print(stream::decode_entry(array_of({string_of("1-0"), reply{}}))) ==
      "1-0 problem: deleted from the stream"
  );
  CHECK(
      print(stream::decode_entry(array_of({string_of("1-0")}))) ==
      "1-0 problem: deleted from the stream"
  );
  CHECK(print(stream::decode_entry(reply{})) == " problem: not a stream entry");
  CHECK(print(stream::decode_entry(array_of({}))) == " problem: not a stream entry");
  CHECK(
      print(stream::decode_entry(array_of({reply{}, reply{}}))) == " problem: not a stream entry"
  );
  const auto nested = array_of({string_of("1-0"), array_of({string_of("b"), array_of({})})});
  CHECK(print(stream::decode_entry(nested)) == "1-0 problem: no field b: not written by a gateway");
  CHECK(
      print(stream::decode_entry(
          array_of({string_of("no id"), array_of({string_of("b"), string_of("x")})})
      )) == "no id t=0 s=hex k=0 w= d= b=x"
  );
}
