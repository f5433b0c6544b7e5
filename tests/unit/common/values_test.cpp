// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "common/log/log.hpp"
#include "common/log/mask.hpp"
#include "common/text/encoding.hpp"
#include "common/text/units.hpp"

using namespace trunkline;
using namespace std::chrono_literals;

TEST_CASE("durations have a unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("60s") == 60s);
  CHECK(parse_duration("6h") == 6h);
  CHECK(parse_duration("2d") == 48h);
  CHECK(parse_duration("0") == 0ms);
  for (const char* bad :
       {"", "5", "s", "-5s", "5 s", "5S", "1.5s", "99999999999999999999s", "9223372036854775807d"})
    CHECK(parse_duration(bad) == std::nullopt);
  CHECK(format_duration(90s) == "90s");
  CHECK(format_duration(1h) == "1h");
  CHECK(format_duration(1500ms) == "1500ms");
  CHECK(format_duration(0ms) == "0s");
}

TEST_CASE("sizes have a unit or are bytes") {
  CHECK(parse_size("512") == 512u);
  CHECK(parse_size("1MiB") == 1048576u);
  CHECK(parse_size("1MB") == 1000000u);
  for (const char* bad : {"", "MiB", "-1", "1 MiB", "1Mib", "99999999999GiB"})
    CHECK(parse_size(bad) == std::nullopt);
  CHECK(format_size(1048576) == "1MiB");
  CHECK(format_size(1500) == "1500");
}

TEST_CASE("ages are rounded for display") {
  CHECK(describe_age(300ms) == "under 1 s");
  CHECK(describe_age(119s) == "119 s");
  CHECK(describe_age(2min) == "2 min");
  CHECK(describe_age(3h) == "3 h");
  CHECK(describe_age(50h) == "2 d");
}

TEST_CASE("hex and base64 are strict both ways") {
  CHECK(hex_encode(std::string_view("\x00\xff\x10", 3)) == "00ff10");
  CHECK(hex_decode("00Ff10") == std::string("\x00\xff\x10", 3));
  CHECK(hex_decode("0") == std::nullopt);
  CHECK(hex_decode("0g") == std::nullopt);
  for (const auto& [plain, coded] : std::vector<std::pair<std::string, std::string>>{
           {"", ""},
           {"f", "Zg=="},
           {"fo", "Zm8="},
           {"foo", "Zm9v"},
           {"foob", "Zm9vYg=="},
           {"\xff\xfe\xfd", "//79"}}) {
    CHECK(base64_encode(plain) == coded);
    CHECK(base64_decode(coded) == plain);
  }
  for (const char* bad :
       {"Zg", "Zg=", "Zg===", "=", "====", "Zh==", "Zm9=", "Zm 9v", "Zm-_", "Z===", "Zg==Zg=="})
    CHECK(base64_decode(bad) == std::nullopt);
  CHECK(percent_decode("a%40b%2f") == "a@b/");
  CHECK(percent_decode("%4") == std::nullopt);
  CHECK(percent_decode("%zz") == std::nullopt);
}

TEST_CASE("sha256 of the empty text is the published digest") {
  CHECK(
      hex_encode(as_bytes(sha256(""))) ==
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  );
}

TEST_CASE("delivery ids sort by time and do not repeat") {
  const std::string early = make_delivery_id(1795194181310), late = make_delivery_id(1795194181311);
  CHECK(early.size() == 26);
  CHECK(early < late);
  CHECK(make_delivery_id(1) != make_delivery_id(1));
  CHECK(make_delivery_id(1).substr(0, 10) == "0000000001");
}

TEST_CASE("numbers, texts and passwords are masked") {
  CHECK(mask_number("+14155550142") == "+*********42");
  CHECK(mask_number("72645") == "*****");
  CHECK(mask_number("") == "");
  CHECK(mask_text("hello") == "<5 bytes>");
  CHECK(mask_url("redis://user:p@ss@host:1/0") == "redis://user:***@host:1/0");
  CHECK(mask_url("redis://user:p/ss@host:1/0") == "redis://user:***@host:1/0");
  CHECK(mask_url("redis://host:1/0") == "redis://host:1/0");
  CHECK(mask_url("unix:///tmp/a@b.sock") == "unix:///tmp/a@b.sock");
  CHECK(mask_conninfo("host=a password=it\\ is user=b") == "host=a password=*** user=b");
  CHECK(mask_conninfo("postgresql://h:1/db?password=it@is") == "postgresql://h:1/db?password=***");
  CHECK(mask_word("--signing-kee") == "--signing-kee");
  CHECK(mask_word("whsec_c2VjcmV0") == "<14 bytes>");
  CHECK(mask_key("createdAt") == "createdAt");
  CHECK(mask_key("k77") == "k77");
  CHECK(mask_key("+14155550142") == "<12 bytes>");
  CHECK(mask_key("call Dana") == "<9 bytes>");
  CHECK(mask_conninfo("host=a password='it''s x' user=b").find("it") == std::string::npos);
  CHECK(
      mask_conninfo("postgresql://u:secret@h/db?sslpassword=other") ==
      "postgresql://u:***@h/db?sslpassword=***"
  );
}

TEST_CASE("a log record is one line, whatever its values contain") {
  std::vector<std::string> lines;
  const auto sink = [&](log_level, std::string_view line) { lines.emplace_back(line); };
  const logger text("gateway", log_level::info, log_format::text, sink);
  text.info("took \n it", {{"type", "a\r\nb\x1b[31m\"}{"}, {"n", 5}});
  text.debug("not shown");
  const logger json("gateway", log_level::info, log_format::json, sink);
  json.warn("m", {{"type", "a\nb\""}, {"n", 5}});
  REQUIRE(lines.size() == 2);
  CHECK(
      lines[0].substr(24) ==
      " info gateway: took \\u000a it type=\"a\\u000d\\u000ab\\u001b[31m\\\"}{\" n=5"
  );
  CHECK(
      lines[1].substr(lines[1].find("\"level\"")) ==
      "\"level\":\"warn\",\"msg\":\"m\",\"source\":\"gateway\",\"type\":\"a\\u000ab\\\"\",\"n\":5}"
  );
}

TEST_CASE("log records are UTF-8 without control characters") {
  std::string last;
  const auto sink = [&](log_level, std::string_view line) { last = line; };
  const auto logged = [&](log_format form, std::string_view value) {
    logger("a", log_level::info, form, sink).info("m", {{"v", value}});
    return last.substr(last.find(form == log_format::json ? "\"v\"" : "v="));
  };
  const std::string_view c1 = "\xC2\x9B", separator = "\xE2\x80\xA8",
                         direction_mark = "\xE2\x80\xAE";
  CHECK(logged(log_format::text, c1) == "v=\"\\u009b\"");
  CHECK(logged(log_format::json, separator) == "\"v\":\"\\u2028\"}");
  CHECK(logged(log_format::json, direction_mark) == "\"v\":\"\\u202e\"}");
  CHECK(logged(log_format::json, "a\xFF\xE2\x80") == "\"v\":\"a\\ufffd\\ufffd\\ufffd\"}");
  CHECK(logged(log_format::json, "\xED\xA0\x80") == "\"v\":\"\\ufffd\\ufffd\\ufffd\"}");
  CHECK(logged(log_format::text, std::string_view("\0", 1)) == "v=\"\\u0000\"");
  CHECK(logged(log_format::text, "\xC3\xA9 \xF0\x9F\x98\x80") == "v=\"\xC3\xA9 \xF0\x9F\x98\x80\"");
}

TEST_CASE("the debug level can be switched at run time, for all copies of a logger") {
  std::vector<std::string> lines;
  const logger log("a", log_level::info, log_format::text, [&](log_level, std::string_view l) {
    lines.emplace_back(l);
  });
  const logger copy = log.named("b");
  copy.debug("1");
  log.toggle_debug();
  copy.debug("2");
  log.toggle_debug();
  copy.debug("3");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("debug b: 2") != std::string::npos);
}
