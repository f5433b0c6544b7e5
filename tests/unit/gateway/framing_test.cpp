// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "gateway/request_framing.hpp"

using namespace trunkline::gateway;

TEST_CASE("a header section ends at the blank line, however its bytes are split") {
  const std::string section = "POST / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string stream = section + "body";
  head_scanner whole;
  CHECK(whole.scan(stream) == head_scanner::state::end);
  CHECK(whole.size() == section.size());

  head_scanner pieces;
  for (std::size_t n = 1; n < section.size(); ++n)
    REQUIRE(pieces.scan(std::string_view(stream).substr(0, n)) == head_scanner::state::more);
  CHECK(
      pieces.scan(std::string_view(stream).substr(0, section.size())) == head_scanner::state::end
  );
  CHECK(pieces.size() == section.size());
}

TEST_CASE("bytes that cannot become a header section are rejected at once") {
  const auto text = GENERATE(
      std::string("\n"), std::string("POST / HTTP/1.1\n"), std::string("a\rb"),
      std::string("a\r\r\n"), std::string("a\0b", 3)
  );
  head_scanner scanner;
  CHECK(scanner.scan(text) == head_scanner::state::broken);
}

TEST_CASE("the raw header section has only one interpretation") {
  struct row {
    std::string section, problem;
  };
  std::string full = "POST / HTTP/1.1\r\n", over;
  for (std::size_t i = 0; i < max_fields; ++i) full += "a: b\r\n";
  over = full + "a: b\r\n\r\n";
  full += "\r\n";
  const auto row = GENERATE_COPY(values<struct row>({
      {"POST / HTTP/1.1\r\n\r\n", ""},
      {"POST /a?b=c%20 HTTP/1.1\r\nHost: x\r\nEmpty:\r\nTab:\ta\tb\r\n\r\n", ""},
      {"POST / HTTP/1.1\r\nName: caf\xc3\xa9\r\n\r\n", ""},
      {full, ""},
      {over, "too many fields"},
      {"\r\n", "empty request"},
      {"POST / HTTP/1.0\r\n\r\n", "not HTTP/1.1"},
      {"POST / HTTP/1.10\r\n\r\n", "not HTTP/1.1"},
      {"POST / http/1.1\r\n\r\n", "not HTTP/1.1"},
      {"POST /\r\n\r\n", "not HTTP/1.1"},
      {"POST / HTTP/1.1\r\nContent-Length:5\r\n\r\n", ""},
      {"POST / HTTP/1.1\r\nContent-Length:  5\r\n\r\n", "space around a framing field"},
      {"POST / HTTP/1.1\r\nContent-Length: 5 \r\n\r\n", "space around a framing field"},
      {"POST / HTTP/1.1\r\ncontent-length:\t5\r\n\r\n", "space around a framing field"},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\t\r\n\r\n", "space around a framing field"},
      {"POST / HTTP/1.1\r\nTransfer_Encoding: chunked\r\n\r\n", "underscore in a framing field"},
      {"/ HTTP/1.1\r\n\r\n", "malformed request line"},
      {" / HTTP/1.1\r\n\r\n", "malformed request line"},
      {"POST  / HTTP/1.1\r\n\r\n", "target is not a path"},
      {"OPTIONS * HTTP/1.1\r\n\r\n", "target is not a path"},
      {"POST http://a/ HTTP/1.1\r\n\r\n", "target is not a path"},
      {"POST  HTTP/1.1\r\n\r\n", "target is not a path"},
      {"POST /a b HTTP/1.1\r\n\r\n", "disallowed character in the target"},
      {"POST /a#b HTTP/1.1\r\n\r\n", "disallowed character in the target"},
      {"POST /\xc3\xa9 HTTP/1.1\r\n\r\n", "disallowed character in the target"},
      {"POST /\ta HTTP/1.1\r\n\r\n", "disallowed character in the target"},
      {"POST / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "folded field line"},
      {"POST / HTTP/1.1\r\n\tA: b\r\n\r\n", "folded field line"},
      {"POST / HTTP/1.1\r\nA : b\r\n\r\n", "space before a colon"},
      {"POST / HTTP/1.1\r\n: b\r\n\r\n", "field line without a name"},
      {"POST / HTTP/1.1\r\nnonsense\r\n\r\n", "field line without a name"},
      {"POST / HTTP/1.1\r\nA: \x01\r\n\r\n", "control character"},
      {"POST / HTTP/1.1\r\nA: \x7f\r\n\r\n", "control character"},
  }));
  CAPTURE(row.section);
  CHECK(check_section(row.section) == row.problem);
}

namespace {

framing_fields good() {
  framing_fields fields;
  fields.host_count = 1;
  fields.host = "hooks.example.com:443";
  return fields;
}

std::string problem(framing_fields fields) {
  return std::string(check_framing(fields).problem);
}

}  // namespace

TEST_CASE("exactly one valid Host is required") {
  auto fields = good();
  CHECK(problem(fields) == "");
  fields.host_count = GENERATE(0, 2);
  CHECK(problem(fields) == "not exactly one Host");
  fields.host_count = 1;
  fields.host = GENERATE("", "a/b", "user@host", "a b", "a,b");
  CHECK(problem(fields) == "malformed Host");
}

TEST_CASE("Content-Length consists of digits") {
  auto fields = good();
  fields.length_count = 1;
  fields.length = "1048576";
  CHECK(check_framing(fields).length == 1048576u);
  fields.length = "0";
  CHECK(check_framing(fields).length == 0u);
  fields.length = "9223372036854775807";
  CHECK(check_framing(fields).length == 9223372036854775807u);
  fields.length = GENERATE(
      "", "+5", "-5", "0x5", "05", "00", "5 ", "5, 5", "5,5", "5.0", "12345678901234567890"
  );
  CAPTURE(fields.length);
  CHECK(problem(fields) == "malformed Content-Length");
  fields.length = "5";
  fields.length_count = 2;
  CHECK(problem(fields) == "several Content-Lengths");
}

TEST_CASE("Transfer-Encoding must be chunked, without Content-Length") {
  auto fields = good();
  fields.encoding_count = 1;
  fields.encoding = GENERATE("chunked", "Chunked", "CHUNKED");
  CHECK(check_framing(fields).chunked);
  CHECK_FALSE(check_framing(fields).length);
  fields.encoding = GENERATE(
      "", "identity", "xchunked", "chunkedx", "gzip", "gzip, chunked", "chunked, chunked",
      "chunked;q=1"
  );
  CAPTURE(fields.encoding);
  CHECK(problem(fields) == "Transfer-Encoding other than chunked");
  fields.encoding = "chunked";
  fields.encoding_count = 2;
  CHECK(problem(fields) == "several Transfer-Encodings");
  fields.encoding_count = 1;
  fields.length_count = 1;
  fields.length = "5";
  CHECK(problem(fields) == "Transfer-Encoding with Content-Length");
}

TEST_CASE("Trailer and Upgrade are rejected") {
  auto fields = good();
  fields.trailer = true;
  CHECK(problem(fields) == "Trailer field");
  fields = good();
  fields.upgrade = true;
  CHECK(problem(fields) == "Upgrade field");
}

TEST_CASE("a first word longer than any method is rejected") {
  const std::string longest(longest_method, 'A');
  CHECK(can_become_request(longest));
  CHECK(can_become_request(longest + " /"));
  CHECK_FALSE(can_become_request(longest + "A"));
  CHECK(can_become_request("POST /" + std::string(1000, 'a')));
}
