// SPDX-License-Identifier: Apache-2.0
// Tests single values: times, telephone numbers, whole numbers, links.
#include <catch2/catch.hpp>

#include "facts_text.hpp"
#include "parse/envelope.hpp"
#include "parse/phone_number.hpp"
#include "parse/text.hpp"
#include "parse/timestamps.hpp"

using namespace trunkline::parse;

namespace {

std::string shown(std::string_view text) {
  const optional_time at = parse_time(text);
  return at ? time_text(*at) : "none";
}

}  // namespace

TEST_CASE("times with and without fraction, Z or offset, in UTC") {
  const std::pair<const char*, const char*> table[] = {
      {"2026-11-20T17:03:01.310Z", "2026-11-20T17:03:01.310000Z"},
      {"2026-11-20T17:03:01Z", "2026-11-20T17:03:01.000000Z"},
      {"2026-11-20t17:03:01z", "2026-11-20T17:03:01.000000Z"},
      {"2026-11-20 17:03:01Z", "2026-11-20T17:03:01.000000Z"},
      {"2026-11-20T17:03:01.1Z", "2026-11-20T17:03:01.100000Z"},
      {"2026-11-20T17:03:01.123456789Z", "2026-11-20T17:03:01.123456Z"},
      {"2026-11-20T17:03:01.000000001Z", "2026-11-20T17:03:01.000000Z"},
      {"2026-11-20T18:03:01+01:00", "2026-11-20T17:03:01.000000Z"},
      {"2026-11-20T09:03:01.5-0800", "2026-11-20T17:03:01.500000Z"},
      {"2026-11-20T09:03:01-08", "2026-11-20T17:03:01.000000Z"},
      {"2026-11-21T07:03:01+14:00", "2026-11-20T17:03:01.000000Z"},
      {"2026-11-20T22:33:01+05:30", "2026-11-20T17:03:01.000000Z"},
      {"2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000000Z"},
      {"2026-12-31T23:59:59-00:01", "2027-01-01T00:00:59.000000Z"},
      {"2000-01-01T00:00:00Z", "2000-01-01T00:00:00.000000Z"},
      {"2100-01-01T00:00:00Z", "2100-01-01T00:00:00.000000Z"},
  };
  for (const auto& [text, expected] : table) {
    INFO(text);
    CHECK(shown(text) == expected);
  }
}

TEST_CASE("an invalid time yields no value") {
  for (const std::string text :
       {"",
        "yesterday",
        "2026-11-20",
        "2026-11-20T17:03",
        "2026-11-20T17:03:01",
        "2026-11-20T17:03:01.Z",
        "2026-11-20T17:03:01.1234567890Z",
        "2026-11-20T17:03:01,5Z",
        "2026-02-30T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T17:60:00Z",
        "2026-11-20T23:59:60Z",
        "2026-11-20T17:03:01+25:00",
        "2026-11-20T17:03:01+15:00",
        "2026-11-20T17:03:01+01:60",
        "2026-11-20T17:03:01+1:00",
        "2026-11-20T17:03:01+01:0",
        "2026-11-20T17:03:01ZZ",
        " 2026-11-20T17:03:01Z",
        "2026-11-20T17:03:01Z ",
        "+2026-11-20T17:03:01Z",
        "294277-01-09T04:00:54Z",
        "1999-12-31T23:59:59.999999Z",
        "2000-01-01T00:00:00+00:01",
        "2100-01-01T00:00:00.000001Z",
        "2100-01-01T00:00:00-00:01",
        "0000-01-01T00:00:00Z",
        "1795194181310",
        "unavailable"}) {
    INFO("[" << text << "]");
    CHECK(shown(text) == "none");
  }
}

TEST_CASE("phone numbers become E.164, or stay as sent") {
  const std::pair<const char*, const char*> table[] = {
      {"+14155550142", "+14155550142"},
      {" +14155550142\t", "+14155550142"},
      {"4155550142", "+14155550142"},
      {"14155550142", "+14155550142"},
      {"(415) 555-0142", "+14155550142"},
      {"+1 415.555.0142", "+14155550142"},
      {"tel:+14155550142", "+14155550142"},
      {"TEL:4155550142", "+14155550142"},
      {"\u202A+14155550142\u202C", "+14155550142"},
      {"\u200E4155550142", "+14155550142"},
      {"72645", "72645"},
      {"726-45", "726-45"},
      {"24155550142", "24155550142"},
      {"anonymous", "anonymous"},
      {"+0155550142", "+0155550142"},
      {"+123456", "+123456"},
      {"+12345678901234567890", "+12345678901234567890"},
      {"12345678901234567890", "12345678901234567890"},
      {"\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0664\u0662",
       "\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0664\u0662"},
      {"+1415555014x", "+1415555014x"},
      {"++14155550142", "++14155550142"},
      {"USb81LkPxe", "USb81LkPxe"},
      {"", ""},
      {"  ", ""},
  };
  for (const auto& [text, expected] : table) {
    INFO("[" << text << "]");
    CHECK(normalise_number(text) == expected);
    CHECK(normalise_number(expected) == expected);  // once is enough
  }
}

TEST_CASE("E.164 numbers and words without identity are recognised") {
  CHECK(is_e164("+1234567"));
  CHECK(is_e164("+123456789012345"));
  for (const std::string text :
       {"", "+", "+123456", "+1234567890123456", "+0234567", "14155550142", "+1415555014a",
        "+1415 5550142", "+1415555\u0664142"}) {
    INFO(text);
    CHECK_FALSE(is_e164(text));
  }
  for (const std::string text : {"anonymous", "Anonymous", "BLOCKED", "restricted", "Unknown"}) {
    CHECK(is_no_identity(text));
  }
  CHECK_FALSE(is_no_identity("anonymous2"));
  CHECK_FALSE(is_no_identity(""));
}

TEST_CASE("values: a duration is whole seconds, as a number or as text") {
  const auto duration = [](const std::string& json) {
    return activity_of(seed_event("call.completed", R"({"id":"C1","duration":)" + json + "}"))
        .duration_r.value_or(-1);
  };
  CHECK(duration("300") == 300);
  CHECK(duration("\"300\"") == 300);
  CHECK(duration("0") == 0);
  CHECK(duration("2147483647") == 2147483647);
  for (const std::string bad :
       {"-1",
        "-0",
        "1.5",
        "300.0",
        "3e2",
        "1e400",
        "-1e400",
        "2147483648",
        "9007199254740993",
        "9223372036854775808",
        "1e-400",
        "\"\"",
        "\"3 min\"",
        "\"-5\"",
        "\"1.5\"",
        "null",
        "true",
        "[300]",
        "{}",
        "99999999999999999999999999"}) {
    INFO(bad);
    CHECK(duration(bad) == -1);
  }
  CHECK(duration(std::string(400, '9')) == -1);
  CHECK(duration("0." + std::string(400, '0') + "1") == -1);
}

TEST_CASE("values: links to the app contain own number and conversation") {
  const auto shown_link = [](std::string_view link) {
    const link_parts parts = parse_link(link);
    return std::string(parts.line.value_or("-")) + " " +
           std::string(parts.conversation.value_or("-"));
  };
  CHECK(shown_link("https://my.quo.com/inbox/PN1/c/CN1?at=AC1") == "PN1 CN1");
  CHECK(shown_link("https://my.openphone.com/inbox/PN1/c/CN1") == "PN1 CN1");
  CHECK(shown_link("https://my.quo.com/inbox/PN1/c/CN1/more#x") == "PN1 CN1");
  CHECK(shown_link("https://my.quo.com/inbox/PN1") == "PN1 -");
  CHECK(shown_link("https://my.quo.com/inbox/PN1?c=/c/CN1") == "PN1 -");
  CHECK(shown_link("https://my.quo.com/inbox/PN1/x/CN1") == "PN1 -");
  CHECK(shown_link("https://my.quo.com/inbox/") == "- -");
  CHECK(shown_link("https://my.quo.com/inbox//c/CN1") == "- CN1");
  CHECK(shown_link("https://my.quo.com/c/CN1") == "- -");
  CHECK(shown_link("https://my.quo.com/inbox/PN1/c/" + std::string(300, 'x')) == "PN1 -");
}

TEST_CASE("values: text is cut between characters") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abc", 2) == "ab");
  CHECK(cut("a\u00e9", 2) == "a");
  CHECK(cut("\U0001F4F7", 3) == "");
  CHECK(trim("\t a b \r\n") == "a b");
}
