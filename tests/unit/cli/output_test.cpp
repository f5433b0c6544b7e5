// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace trunkline::admin;
using namespace trunkline;
using namespace trunkline::cli;

TEST_CASE("JSON objects keep the order, escape text and represent unknown values as null") {
  json_object inner;
  inner.number("n", 1);
  json_object out;
  out.text("t", "a\"\\\n\x01")
      .text("none", std::nullopt)
      .number("big", 9007199254740993)
      .number("no", std::nullopt);
  out.real("r", 1.5).real("nan", std::nan("")).boolean("b", false).boolean("m", std::nullopt);
  out.object("o", inner)
      .object("null", std::nullopt)
      .list("l", std::vector{inner, inner})
      .strings("s", {"x", "y"});
  CHECK(
      out.str() == R"({"t":"a\"\\\n\u0001","none":null,"big":9007199254740993,"no":null,)"
                   R"("r":1.500,"nan":null,"b":false,"m":null,)"
                   R"("o":{"n":1},"null":null,"l":[{"n":1},{"n":1}],"s":["x","y"]})"
  );
  CHECK(json_object().str() == "{}");
}

TEST_CASE("tables align by characters, not bytes, and do not pad the last column") {
  CHECK(
      table({{"a", "long", "x"}, {"\xC3\xA9\xC3\xA9", "b"}}) == "a   long  x\n\xC3\xA9\xC3\xA9  b\n"
  );
  CHECK(table({}).empty());
}

TEST_CASE("printable text is UTF-8 without control characters") {
  CHECK(printable("plain \xC3\xA9 \xF0\x9F\x98\x80") == "plain \xC3\xA9 \xF0\x9F\x98\x80");
  CHECK(printable("a\x1B[2J\n\x7F") == "a\\x1b[2J\\x0a\\x7f");
  CHECK(
      printable("\xC2\x9B"
                "31m") == "\\xc2\\x9b31m"
  );  // a CSI that some terminals interpret
  CHECK(printable("\xFF\xC3") == "\\xff\\xc3");
  CHECK(printable("\xC0\xAF") == "\\xc0\\xaf");
  CHECK(
      printable("a\xE2\x80\xA8"
                "b\xE2\x80\xAE"
                "c") ==
      "a\\xe2\\x80\\xa8"
      "b\\xe2\\x80\\xaec"
  );  // a line separator and a direction mark
}

TEST_CASE("text is shortened between characters") {
  CHECK(shorten("abc", 3) == "abc");
  CHECK(shorten("abcd", 3) == "abc...");
  CHECK(shorten("\xC3\xA9\xC3\xA9\xC3\xA9", 2) == "\xC3\xA9\xC3\xA9...");
}
