// SPDX-License-Identifier: Apache-2.0
// Bytes that are not an event are dead with a reason and do not crash the parser.
#include <catch2/catch.hpp>

#include "facts_text.hpp"
#include "parse/json_document.hpp"
#include "parse/json_write.hpp"

using namespace trunkline::parse;

namespace {

std::string repeat(std::string_view part, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += part;
  return result;
}

// Returns an event with a member of this raw JSON, which is at level 3.
std::string with_member(const std::string& raw) {
  return R"({"type":"message.received","data":{"object":{"id":"M1","text":"hello","extra":)" + raw +
         "}}}";
}

std::string why_dead(std::string_view body) {
  const event what = normalise(body);
  INFO(body.substr(0, 200));
  CHECK(what.what == verdict::dead);
  CHECK_FALSE(what.activity);
  CHECK_FALSE(what.card);
  return what.reason;
}

}  // namespace

TEST_CASE("bytes that are not JSON are dead, with the position") {
  CHECK(why_dead("") == "not JSON: the body is empty");
  CHECK(why_dead("   ") == "not JSON: the document is empty at byte 3");
  CHECK(why_dead("hello").starts_with("not JSON: invalid value at byte"));
  CHECK(why_dead("{\"type\":\"x\"} trailing").starts_with("not JSON: "));
  CHECK(why_dead(R"({"type":"x",})").starts_with("not JSON: "));
  CHECK(why_dead(R"({"type":NaN})").starts_with("not JSON: "));
  CHECK(why_dead(R"({"type":Infinity})").starts_with("not JSON: "));
  CHECK(why_dead(R"({'type':'x'})").starts_with("not JSON: "));
  CHECK(why_dead("{\"type\":\"a\nb\"}").starts_with("not JSON: "));
  CHECK(why_dead("{\"type\":\"x\"").starts_with("not JSON: "));
  CHECK(why_dead(R"({"n":01})").starts_with("not JSON: "));
  CHECK(why_dead(R"({"n":1e})").starts_with("not JSON: "));
  CHECK(why_dead(R"({"n":1e999.5})").starts_with("not JSON: "));
  CHECK(why_dead(R"(["\x"])").starts_with("not JSON: "));
  CHECK(why_dead(R"(["\u12"])").starts_with("not JSON: "));
  CHECK(why_dead("\xEF\xBB\xBF{\"type\":\"x\"}") == "not JSON: invalid value at byte 0");
  const std::string nul("{\"type\":\"x\"}\0", 13);
  CHECK(why_dead(nul) == "not JSON: NUL byte at byte 12");
  const std::string inside("{\"type\":\"\0\"}", 12);
  CHECK(why_dead(inside) == "not JSON: NUL byte at byte 9");
  CHECK_FALSE(normalise("{\"type\":\"x\"} trailing").json_text);
}

TEST_CASE("UTF-8 is checked everywhere") {
  const char* bad[] = {
      "\xFF",
      "\x80",
      "\xC0\xAF",
      "\xC1\xBF",
      "\xC3",
      "\xE0\x80\x80",
      "\xE0\x9F\xBF",
      "\xED\xA0\x80",
      "\xED\xBF\xBF",
      "\xE2\x82",
      "\xF0\x80\x80\x80",
      "\xF0\x8F\xBF\xBF",
      "\xF4\x90\x80\x80",
      "\xF5\x80\x80\x80",
      "\xF0\x9F\x93"};
  for (const std::string sequence : bad) {
    INFO("in a string, as a key, outside");
    CHECK(why_dead(with_member("\"" + sequence + "\"")).starts_with("not JSON: invalid UTF-8"));
    CHECK(why_dead("{\"" + sequence + "\":1}") == "not JSON: invalid UTF-8 at byte 2");
    CHECK(why_dead(sequence) == "not JSON: invalid UTF-8 at byte 0");
    CHECK_FALSE(normalise(with_member("\"" + sequence + "\"")).json_text);
  }
  for (const std::string good :
       {"\u00e9", "\u20ac", "\uFFFF", "\U0001F4F7", "\U0010FFFF", "\x7F"}) {
    const event what =
        normalise(seed_event("message.received", "{\"id\":\"M1\",\"text\":\"" + good + "\"}"));
    REQUIRE(what.activity);
    CHECK(what.activity->body == good);
    CHECK(what.json_text);
  }
}

TEST_CASE("64 levels are read, 65 are not") {
  // The member is at level 3, and 61 levels below it make 64.
  const std::string deep = repeat("[", 61) + repeat("]", 61);
  CHECK(normalise(with_member(deep)).what == verdict::apply);
  CHECK(normalise(with_member(deep)).json_text);
  const std::string objects = repeat("{\"a\":", 61) + "1" + repeat("}", 61);
  CHECK(normalise(with_member(objects)).what == verdict::apply);
  for (const std::size_t levels : {62u, 1000u, 200'000u}) {
    const event what = normalise(with_member(repeat("[", levels) + repeat("]", levels)));
    CHECK(what.what == verdict::dead);
    CHECK(what.reason.starts_with("nested deeper than 64 levels at byte "));
    CHECK_FALSE(what.json_text);
  }
  CHECK(why_dead(repeat("[", 200'000)) == "nested deeper than 64 levels at byte 64");
  CHECK(why_dead(repeat("{\"a\":", 200'000)) == "nested deeper than 64 levels at byte 320");
  CHECK(why_dead(repeat("]", 1000)).starts_with("not JSON: "));
  CHECK(normalise(with_member("\"" + repeat("[", 1000) + "\"")).what == verdict::apply);
}

TEST_CASE("a NUL or half a surrogate pair in an escape becomes U+FFFD, and the bytes go to raw") {
  const std::pair<const char*, const char*> table[] = {
      {R"(a\u0000b)", "a\uFFFDb"},
      {R"(\ud800)", "\uFFFD"},
      {R"(\uDBFFx)", "\uFFFDx"},
      {R"(\udc00)", "\uFFFD"},
      {R"(\ud83d\ud83d\udcf7)", "\uFFFD\U0001F4F7"},
      {R"(\udcf7\ud83d)", "\uFFFD\uFFFD"},
      {R"(\ud83d\n)", "\uFFFD\n"},
      {R"(\ud83d\u0041)",
       "\uFFFD"
       "A"},
  };
  for (const auto& [escaped, expected] : table) {
    INFO(escaped);
    const event what = normalise(
        seed_event("message.received", R"({"id":"M1","text":")" + std::string(escaped) + "\"}")
    );
    REQUIRE(what.activity);
    CHECK(what.activity->body == expected);
    CHECK_FALSE(what.json_text);
  }
  for (const auto& [escaped, expected] :
       {std::pair{R"(\\u0000)", "\\u0000"}, std::pair{R"(\ud83d\udcf7)", "\U0001F4F7"},
        std::pair{R"(\\\\ud800)", "\\\\ud800"}, std::pair{R"(\u0001)", "\x01"}}) {
    const event what = normalise(
        seed_event("message.received", R"({"id":"M1","text":")" + std::string(escaped) + "\"}")
    );
    REQUIRE(what.activity);
    CHECK(what.activity->body == expected);
    CHECK(what.json_text);
  }
}

TEST_CASE("an id with a NUL or half a surrogate pair is not usable: two such ids could be one row"
) {
  for (const char* object :
       {R"({"id":"M\u0000"})", R"({"id":"\ud800"})", R"({"id":"M\udc00M"})",
        R"({"id":"\uFFFD"})"}) {
    const event what = normalise(seed_event("message.received", object));
    CHECK(what.what == verdict::dead);
    CHECK(what.reason == "id has a NUL or half a surrogate pair in it");
  }
  CHECK(
      why_dead(seed_event("call.summary.completed", R"({"callId":"C\u0000","id":"S1"})")) ==
      "callId has a NUL or half a surrogate pair in it"
  );
  CHECK(why_dead(seed_event("contact.updated", R"({"id":"K\u0000"})")) != "");
}

TEST_CASE("a duplicate key is rejected at every level") {
  CHECK(why_dead(R"({"type":"x","type":"x"})") == "duplicate key \"type\" in the top level");
  CHECK(
      why_dead(R"({"type":"message.received","data":{"object":{"id":"A","id":"B"}}})") ==
      "duplicate key \"id\" in data.object"
  );
  CHECK(
      why_dead(R"({"type":"message.received","data":{"object":{"id":"A","\u0069d":"A"}}})") ==
      "duplicate key \"id\" in data.object"
  );
  CHECK(
      why_dead(R"({"data":{"object":{"media":[1,{"url":"a"},{"url":"b","url":"b"}]}}})") ==
      "duplicate key \"url\" in data.object.media"
  );
  CHECK(why_dead(R"({"":1,"":2})") == "duplicate key \"\" in the top level");
  CHECK(why_dead(R"([{"a":[{"b":1,"b":2}]}])") == "duplicate key \"b\" in a");
  CHECK(
      why_dead(R"({"+14155550142":{"call Ann":1,"call Ann":2}})") ==
      "duplicate key \"<8 bytes>\" in <12 bytes>"
  );
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  CHECK(why_dead(many + R"("k7":2})") == "duplicate key \"k7\" in the top level");
  CHECK(why_dead("{\"" + repeat("k", 5000) + "\":1,\"" + repeat("k", 5000) + "\":1}").size() < 120);
  // Two objects may have the same key. The bytes of a duplicate key are still JSON for PostgreSQL.
  CHECK(normalise(with_member(R"([{"a":1},{"a":1}])")).what == verdict::apply);
  CHECK(normalise(R"({"a":1,"a":2})").json_text);
  CHECK_FALSE(normalise(R"({"a":1,"a":2} x)").json_text);
  CHECK(why_dead(R"({"a":1,"a":2} x)").starts_with("not JSON: "));
}

TEST_CASE("numbers out of range cost their field, not the event") {
  for (const std::string number :
       {"1e400", "-1e400", "1E+99999", "1e-99999", "9007199254740993", "9223372036854775808",
        "18446744073709551616", "0e0", "-0", "1.7976931348623157e309"}) {
    INFO(number);
    const event what = normalise(with_member(number));
    CHECK(what.what == verdict::apply);
    CHECK(what.json_text);
  }
  CHECK(normalise(with_member(repeat("9", 100'000))).what == verdict::apply);
  CHECK(normalise(with_member("0." + repeat("9", 100'000))).what == verdict::apply);
}

TEST_CASE("an event needs a type, data and an id") {
  CHECK(why_dead("5") == "the top level is not an object");
  CHECK(why_dead("null") == "the top level is not an object");
  CHECK(why_dead("[]") == "the top level is not an object");
  CHECK(why_dead("{}") == "no type");
  CHECK(why_dead(R"({"type":null,"data":{}})") == "no type");
  CHECK(why_dead(R"({"type":""})") == "no type");
  CHECK(why_dead(R"({"type":5})") == "type is not text");
  CHECK(why_dead(R"({"type":{"a":1}})") == "type is not text");
  CHECK(why_dead(R"({"type":"message.received"})") == "data is missing");
  CHECK(why_dead(R"({"type":"message.received","data":null})") == "data is missing");
  CHECK(why_dead(R"({"type":"message.received","data":[]})") == "data is not an object");
  CHECK(why_dead(R"({"type":"message.received","data":"x"})") == "data is not an object");
  CHECK(why_dead(R"({"type":"message.received","data":{}})") == "no id");
  CHECK(why_dead(R"({"type":"message.received","data":{"object":null}})") == "no id");
  CHECK(why_dead(R"({"type":"message.received","data":{"object":[]}})") == "no id");
  CHECK(why_dead(seed_event("message.received", "{}")) == "no id");
  CHECK(why_dead(seed_event("message.received", R"({"id":null})")) == "no id");
  CHECK(why_dead(seed_event("message.received", R"({"id":""})")) == "no id");
  CHECK(why_dead(seed_event("message.received", R"({"id":"unavailable"})")) == "no id");
  CHECK(why_dead(seed_event("message.received", R"({"id":5})")) == "id is not text");
  CHECK(why_dead(seed_event("message.received", R"({"id":{}})")) == "id is not text");
  CHECK(
      why_dead(seed_event("message.received", R"({"id":")" + repeat("x", 256) + "\"}")) ==
      "id is longer than 255 bytes"
  );
  CHECK(
      why_dead(seed_event("contact.updated", R"({"id":")" + repeat("x", 10'240) + "\"}")) ==
      "id is longer than 255 bytes"
  );
  CHECK(
      normalise(seed_event("message.received", R"({"id":")" + repeat("x", 255) + "\"}")).what ==
      verdict::apply
  );
  CHECK(
      why_dead(seed_event("call_summary.created", R"({"id":"S1","summary":"x"})")) == "no callId"
  );
  CHECK(why_dead(seed_event("callTranscript", R"({"callId":7})")) == "callId is not text");
}

TEST_CASE("a dead event still shows what could be read of its head") {
  const event what =
      normalise(R"({"id":"EV1","apiVersion":"v4","type":"message.received","data":{}})");
  CHECK(what.event_id == "EV1");
  CHECK(what.event_type == "message.received");
  CHECK(what.api_version == "v4");
  CHECK(what.json_text);
}

TEST_CASE("limits: heads are cut, a megabyte of text is kept, lists end at a thousand") {
  const event head = normalise(
      R"({"id":")" + repeat("\u00e9", 200) + R"(","apiVersion":")" + repeat("v", 50) +
      R"(","type":")" + repeat("t", 300) + "\"}"
  );
  CHECK(head.what == verdict::ignore);
  CHECK(head.event_id == repeat("\u00e9", 127));
  CHECK(head.event_type == repeat("t", 100));
  CHECK(head.api_version == repeat("v", 20));

  const std::string text = repeat("0123456789abcdef", 65'536);
  CHECK(
      activity_of(seed_event("message.received", R"({"id":"M1","text":")" + text + "\"}")).body ==
      text
  );

  std::string urls, numbers;
  for (int i = 0; i < 5000; ++i) {
    urls += "\"https://media.example.com/" + std::to_string(i) + "\",";
    numbers += "\"+1415555" + std::to_string(10'000 + i) + "\",";
  }
  const activity_facts facts = activity_of(seed_event(
      "message.sent", R"({"id":"M1","from":"+14155550100","media":[)" + urls + R"("x"],"to":[)" +
                          numbers + R"("+14155550142"]})"
  ));
  CHECK(facts.to_numbers.size() == 1000);
  CHECK(facts.parties.size() == 1001);
  CHECK(facts.party_keys.empty());  // a key of 1001 numbers would not fit an index
  CHECK(facts.contact_hint == "+141555510000");
  CHECK(std::count(facts.media_urls->begin(), facts.media_urls->end(), ',') == 999);
  CHECK(std::count(facts.media_types->begin(), facts.media_types->end(), ',') == 999);
}

TEST_CASE("short texts, numbers and URLs beyond their limit yield no value") {
  const auto with = [](const std::string& name, std::size_t size) {
    return activity_of(seed_event(
        "message.received", R"({"id":"M1",")" + name + R"(":")" + repeat("x", size) + "\"}"
    ));
  };
  CHECK(with("userId", 255).user_id.has_value());
  CHECK_FALSE(with("userId", 256).user_id.has_value());
  CHECK_FALSE(with("phoneNumberId", 256).line_id.has_value());
  CHECK(with("conversationId", 256).conv_refs.empty());
  CHECK(with("from", 64).from_number.has_value());
  CHECK_FALSE(with("from", 65).from_number.has_value());
  const auto media = [](std::size_t size) {
    return activity_of(
        seed_event("message.received", R"({"id":"M1","media":[")" + repeat("u", size) + "\"]}")
    );
  };
  CHECK(media(8192).media_urls.has_value());
  CHECK_FALSE(media(8193).media_urls.has_value());
}

TEST_CASE("equal JSON values have equal text") {
  const auto rewritten = [](std::string_view text) {
    const json_document document(text);
    REQUIRE(document.problem().empty());
    return to_json(document.root());
  };
  CHECK(
      rewritten(R"( { "b" : [ 1 , 2.50 , -0 ] , "a" : { } , "c" : [ ] } )") ==
      R"({"a":{},"b":[1,2.50,-0],"c":[]})"
  );
  CHECK(
      rewritten("[true,false,null,\"\\u00e9\\/\\\"\\\\\\n\\u001f\"]") ==
      "[true,false,null,\"\u00e9/\\\"\\\\\\n\\u001f\"]"
  );
  CHECK(rewritten("[1e99,1e100,1e-99,1e-100,1E+07]") == "[1e99,null,1e-99,null,1E+07]");
  CHECK(
      rewritten("[" + repeat("9", 40) + "," + repeat("9", 41) + "]") ==
      "[" + repeat("9", 40) + ",null]"
  );
}
