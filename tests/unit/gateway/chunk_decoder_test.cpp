// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "gateway/chunk_decoder.hpp"

using namespace trunkline::gateway;

namespace {

constexpr std::size_t max_line = 40, max_body = 16;

// Decodes a stream that arrives in pieces of this size. Returns the body or the problem.
std::string decode_all(std::string_view stream, std::size_t piece) {
  chunk_decoder decoder(max_line, max_body);
  std::string pending, body;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    pending += stream.substr(at, piece);
    std::size_t consumed = 0;
    const auto state = decoder.decode(pending, consumed, body);
    REQUIRE(body.size() <= max_body);
    pending.erase(0, consumed);
    if (state == chunk_decoder::state::end) return "'" + body + "'";
    if (state == chunk_decoder::state::rejected)
      return std::string(to_string(decoder.rejection())) + ": " + std::string(decoder.problem());
  }
  return "more";
}

}  // namespace

TEST_CASE("the result of decoding chunks does not depend on how bytes are split") {
  struct row {
    std::string stream, expected;
  };
  const std::string malformed = "framing: malformed chunk",
                    large = "too_large: chunks above the limit",
                    endless = "framing: endless chunk header", trailers = "framing: trailer fields";
  const auto row = GENERATE_COPY(values<struct row>({
      {"0\r\n\r\n", "''"},
      {"2\r\n{}\r\n0\r\n\r\n", "'{}'"},
      {"02\r\n\r\n\r\nA\r\n0123456789\r\n000\r\n\r\n", "'\r\n0123456789'"},
      {"10\r\n0123456789abcdef\r\n0\r\n\r\n", "'0123456789abcdef'"},
      {"1;a\r\nx\r\n0;b=c;d=\"e;\\\"f\"\r\n\r\n", "'x'"},
      {"1 ; a = b\t;c\r\nx\r\n0\r\n\r\n", "'x'"},
      {"11\r\n0", large},
      {"9\r\n012345678\r\n8\r\n0", large},
      {"ffffffffffffffff\r\n", large},
      {"10000000000000000\r\n", malformed},
      {"-1\r\n", malformed},
      {"+1\r\n", malformed},
      {"0x1\r\nx\r\n", malformed},
      {"1_0\r\n", malformed},
      {"\r\n", malformed},
      {" 1\r\nx\r\n", malformed},
      {"1 \r\nx\r\n", malformed},
      {"1;\r\nx\r\n", malformed},
      {"1;a=\r\nx\r\n", malformed},
      {"1;a=\"b\r\nx\r\n", malformed},
      {"1;a b\r\nx\r\n", malformed},
      {"1;\xec\r\nx\r\n", malformed},
      {"1\nx\r\n", malformed},
      {"1\rx\r\n", malformed},
      {"1\r\nxy\r\n", malformed},
      {"1\r\nx\n0\r\n\r\n", malformed},
      {std::string("1;a\0\r\n", 6), malformed},
      // Too large if complete, but rejected at the first byte that no line may contain.
      {"5000;\n", malformed},
      {"5000\xec\r\n", malformed},
      {"1;" + std::string(max_line - 3, 'a') + "\r\nx\r\n0\r\n\r\n", "'x'"},
      {"1;" + std::string(max_line - 2, 'a') + "\r\nx\r\n0\r\n\r\n", endless},
      {"5000;" + std::string(max_line, 'a') + "\r\n", endless},
      {"0\r\nHost: b\r\n\r\n", trailers},
      {"0\r\n\n", trailers},
      {"0\r\n\rx", trailers},
      {"0\r\n\r", "more"},
      {"5000", "more"},
  }));
  CAPTURE(row.stream);
  for (std::size_t piece = 1; piece <= row.stream.size(); ++piece) {
    CAPTURE(piece);
    CHECK(decode_all(row.stream, piece) == row.expected);
  }
}

TEST_CASE("bytes after the last chunk are not consumed") {
  chunk_decoder decoder(max_line, max_body);
  std::string body;
  std::size_t consumed = 0;
  CHECK(decoder.decode("1\r\nx\r\n0\r\n\r\nPOST", consumed, body) == chunk_decoder::state::end);
  CHECK(consumed == 11);
}
