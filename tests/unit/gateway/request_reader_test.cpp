// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "gateway/request_reader.hpp"

using namespace trunkline::gateway;

namespace {

const std::string plain =
    "POST /hook?a=1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    "X-OpenPhone-Signature-V1: abc\r\nContent-Length: 4\r\n\r\n{\r\n}";
const std::string chunked =
    "POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "2\r\n{\r\r\n2;x=y\r\n\n}\r\n0\r\n\r\n";

// Reads a connection in pieces of this size. Returns its events as text.
std::string read_all(const std::string& stream, std::size_t piece, reader_limits limits = {}) {
  request_reader reader(limits);
  std::string pending, events;
  for (std::size_t at = 0; at < stream.size();) {
    const auto n = std::min(piece, stream.size() - at);
    pending.append(stream, at, n);
    at += n;
    for (bool more = false; !more;) {
      std::size_t consumed = 0;
      const auto event = reader.advance(pending, consumed);
      pending.erase(0, consumed);
      switch (event) {
        case request_reader::event::need_more:
          more = true;
          break;
        case request_reader::event::head:
          events += std::string(reader.head().method) + " " + std::string(reader.head().path) + " ";
          break;
        case request_reader::event::complete:
          events += std::to_string(reader.body().size()) + "; ";
          reader.next();
          break;
        case request_reader::event::rejected:
          return events + "rejected " + std::string(to_string(reader.rejection())) + ": " +
                 std::string(reader.problem());
      }
    }
  }
  return events + (pending.empty() ? "" : "left " + std::to_string(pending.size()));
}

}  // namespace

TEST_CASE("requests do not depend on how bytes are split") {
  const auto stream = plain + "\r\n" + chunked + "GET / HTTP/1.1\r\nHost: a\r\n\r\n" + plain;
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    CAPTURE(piece);
    REQUIRE(read_all(stream, piece) == "POST /hook 4; POST /hook 4; GET / 0; POST /hook 4; ");
  }
}

TEST_CASE("one empty line before a request is skipped, however bytes are split") {
  for (std::size_t piece = 1; piece <= plain.size() + 4; ++piece) {
    CAPTURE(piece);
    CHECK(read_all("\r\n" + plain, piece) == "POST /hook 4; ");
    CHECK(read_all("\r\n\r\n" + plain, piece) == "rejected framing: empty line");
  }
}

TEST_CASE("an empty chunked body is complete, however its last chunk is split") {
  const std::string empty =
      "POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  const std::string whole = read_all(empty + plain, empty.size() + plain.size());
  CHECK(whole == "POST /hook 0; POST /hook 4; ");
  for (std::size_t piece = 1; piece < empty.size(); ++piece)
    CHECK(read_all(empty + plain, piece) == whole);
}

TEST_CASE("the head is available before the body") {
  request_reader reader({});
  std::size_t consumed = 0;
  REQUIRE(reader.advance(plain, consumed) == request_reader::event::head);
  const auto& head = reader.head();
  CHECK(head.content_type == "application/json");
  CHECK(head.has_content_type);
  CHECK(head.keep_alive);
  CHECK(head.length == 4u);
  CHECK_FALSE(head.chunked);
  CHECK(head.signature.hex.value == "abc");
  CHECK(head.signature.hex.count == 1);
  CHECK(head.signature.legacy.count == 0);
  std::size_t rest = 0;
  REQUIRE(
      reader.advance(std::string_view(plain).substr(consumed), rest) ==
      request_reader::event::complete
  );
  CHECK(reader.body() == "{\r\n}");
  CHECK(consumed + rest == plain.size());
}

TEST_CASE("duplicate signature headers are counted") {
  request_reader reader({});
  std::size_t consumed = 0;
  const std::string stream =
      "POST / HTTP/1.1\r\nHost: a\r\nwebhook-id: 1\r\nWebhook-Id: 2\r\nopenphone-signature: "
      "x\r\n\r\n";
  REQUIRE(reader.advance(stream, consumed) == request_reader::event::head);
  CHECK(reader.head().signature.webhook_id.count == 2);
  CHECK(reader.head().signature.legacy.count == 1);
  CHECK_FALSE(reader.head().length);
}

TEST_CASE("Connection and Expect fields are read") {
  struct row {
    std::string field;
    bool keep_alive, expects_continue, expects_other;
  };
  const auto row = GENERATE(values<struct row>({
      {"", true, false, false},
      {"Connection: close\r\n", false, false, false},
      {"Connection: keep-alive, Close\r\n", false, false, false},
      {"Expect: 100-Continue\r\n", true, true, false},
      {"Expect: magic\r\n", true, false, true},
  }));
  CAPTURE(row.field);
  request_reader reader({});
  std::size_t consumed = 0;
  REQUIRE(
      reader.advance("POST / HTTP/1.1\r\nHost: a\r\n" + row.field + "\r\n", consumed) ==
      request_reader::event::head
  );
  CHECK(reader.head().keep_alive == row.keep_alive);
  CHECK(reader.head().expects_continue == row.expects_continue);
  CHECK(reader.head().expects_other == row.expects_other);
}

TEST_CASE("limits do not depend on how bytes are split") {
  const reader_limits limits{.max_header = 200, .max_body = 4};
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
  struct row {
    std::string stream, expected;
  };
  const auto row = GENERATE_COPY(values<struct row>({
      {head + "X: " + std::string(300, 'a') + "\r\n\r\n",
       "rejected header_too_large: header section"},
      {head + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n", "POST / 4; "},
      {head + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
       "POST / rejected too_large: chunks above the limit"},
      {head + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n1\r\nx\r\n0\r\n\r\n",
       "POST / rejected too_large: chunks above the limit"},
      {head + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(300, 'a'),
       "POST / rejected framing: endless chunk header"},
      {head + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nHost: b\r\n\r\n",
       "POST / rejected framing: trailer fields"},
      {head + "Transfer-Encoding: chunked\r\n\r\nx\r\na\r\n0\r\n\r\n",
       "POST / rejected framing: malformed chunk"},
  }));
  CAPTURE(row.stream);
  CHECK(read_all(row.stream, row.stream.size(), limits) == row.expected);
  CHECK(read_all(row.stream, 1, limits) == row.expected);
  CHECK(read_all(row.stream, 7, limits) == row.expected);
}

TEST_CASE("an oversized Content-Length is left to the route and allocates no memory") {
  request_reader reader({});
  std::size_t consumed = 0;
  REQUIRE(
      reader.advance(
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1099511627776\r\n\r\n", consumed
      ) == request_reader::event::head
  );
  CHECK(reader.head().length == 1099511627776u);
}

TEST_CASE("field names that are not tokens are rejected") {
  const auto name = GENERATE("X Y", "X(Y", "X\"", "X/Y", "X@");
  CAPTURE(name);
  CHECK(
      read_all("POST / HTTP/1.1\r\nHost: a\r\n" + std::string(name) + ": 1\r\n\r\n", 1000) ==
      "rejected framing: malformed header section"
  );
}

TEST_CASE("a request that Beast would leave on the connection is rejected, however it is split") {
  const auto piece = GENERATE(1u, 3u, 1000u);
  CHECK(
      read_all("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", piece) ==
      "rejected framing: body after a method that has none"
  );
  CHECK(read_all(std::string(100, 'A'), piece) == "rejected framing: malformed request line");
}
