// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "common/redis/reply.hpp"

using namespace trunkline::redis;
using namespace std::string_literals;

namespace {

std::string print(const reply& r) {
  switch (r.type) {
    case reply::kind::nil:
      return "nil";
    case reply::kind::integer:
      return std::to_string(r.integer);
    case reply::kind::status:
      return "+" + r.text;
    case reply::kind::error:
      return "-" + r.text;
    case reply::kind::string:
      return "'" + r.text + "'";
    case reply::kind::array:
      break;
  }
  std::string out = "[";
  for (const auto& element : r.elements) out += (out.size() > 1 ? " " : "") + print(element);
  return out + "]";
}

// Returns the replies that the reader parses, one per line, then "broken" after a protocol error.
std::string read_all(const std::vector<std::string>& chunks) {
  reply_reader reader;
  std::string out;
  for (const auto& chunk : chunks) {
    reader.feed(chunk);
    for (reply next; reader.next(next);) out += print(next) + "\n";
  }
  return reader.broken() ? out + "broken" : out;
}

const std::string every_kind =
    "+OK\r\n-ERR no such thing\r\n:-42\r\n$-1\r\n*-1\r\n$0\r\n\r\n*0\r\n$5\r\na\r\n\0b\r\n"
    "*2\r\n$15\r\n1795194181310-0\r\n*4\r\n$1\r\nt\r\n$3\r\n123\r\n$1\r\nb\r\n$2\r\n{}\r\n"
    "*1\r\n*2\r\n$1\r\ns\r\n*2\r\n*2\r\n$3\r\n1-0\r\n*-1\r\n*2\r\n$3\r\n2-0\r\n*2\r\n$1\r\nb\r\n$0\r\n\r\n"s;

}  // namespace

TEST_CASE("commands are written as RESP arrays, binary-safe") {
  std::string out = "before ";
  append_command(out, {"SET", "k\0\r\n"s, ""});
  CHECK(out == "before *3\r\n$3\r\nSET\r\n$4\r\nk\0\r\n\r\n$0\r\n\r\n"s);

  std::string other;
  append_command(other, std::vector<std::string>{"PING", std::string(1234, 'x')});
  CHECK(other == "*2\r\n$4\r\nPING\r\n$1234\r\n" + std::string(1234, 'x') + "\r\n");
}

TEST_CASE("replies do not depend on how bytes are split") {
  const auto whole = read_all({every_kind});
  CHECK(
      whole ==
      "+OK\n-ERR no such thing\n-42\nnil\nnil\n''\n[]\n'a\r\n\0b'\n"
      "['1795194181310-0' ['t' '123' 'b' '{}']]\n"
      "[['s' [['1-0' nil] ['2-0' ['b' '']]]]]\n"s
  );
  for (std::size_t cut = 0; cut <= every_kind.size(); ++cut)
    REQUIRE(read_all({every_kind.substr(0, cut), every_kind.substr(cut)}) == whole);

  std::vector<std::string> single;
  for (const char c : every_kind) single.emplace_back(1, c);
  CHECK(read_all(single) == whole);
}

TEST_CASE("a large reply in many chunks keeps every byte") {
  constexpr std::size_t entries = 2000, body = 4000;
  std::string bytes = "*" + std::to_string(entries) + "\r\n";
  for (std::size_t i = 0; i < entries; ++i)
    bytes += "$" + std::to_string(body) + "\r\n" +
             std::string(body, static_cast<char>('a' + i % 26)) + "\r\n";
  reply_reader reader;
  reply out;
  for (std::size_t at = 0; at < bytes.size(); at += 65536) {
    REQUIRE_FALSE(reader.next(out));
    reader.feed(std::string_view(bytes).substr(at, 65536));
  }
  REQUIRE(reader.next(out));
  REQUIRE(out.elements.size() == entries);
  for (std::size_t i = 0; i < entries; ++i)
    REQUIRE(out.elements[i].text == std::string(body, static_cast<char>('a' + i % 26)));
}

TEST_CASE("bytes that are not RESP are a protocol error") {
  const auto bytes = GENERATE(
      as<std::string>{}, "HTTP/1.1 400 Bad Request\r\n\r\n", "\r\n", ":12x\r\n", "$-2\r\n",
      "*-2\r\n", "$x\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"
  );
  CAPTURE(bytes);
  CHECK(read_all({bytes}) == "broken");
  CHECK(read_all({"+OK\r\n" + bytes, "+never seen\r\n"}) == "+OK\nbroken");
}

TEST_CASE("an announced size allocates no memory before its bytes arrive") {
  CHECK(read_all({"*2147483647\r\n:1\r\n"}).empty());
  CHECK(read_all({"$536870912\r\nabc"}).empty());
}

TEST_CASE("the code of an error is its first word") {
  const auto [text, code] = GENERATE(table<std::string, std::string>({
      {"OOM command not allowed", "OOM"},
      {"LOADING Redis is loading", "LOADING"},
      {"ERR", "ERR"},
      {"", ""},
  }));
  reply error;
  error.type = reply::kind::error;
  error.text = text;
  CHECK(error.error_code() == code);
  error.type = reply::kind::string;
  CHECK(error.error_code().empty());
}
