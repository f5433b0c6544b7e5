// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "common/redis/handshake.hpp"

using namespace trunkline::redis;

namespace {

endpoint at(const std::string& url) {
  endpoint out;
  REQUIRE(parse_url(url, out).empty());
  return out;
}

std::string wire_of(std::initializer_list<std::vector<std::string>> commands) {
  std::string wire;
  for (const auto& command : commands) append_command(wire, command);
  return wire;
}

reply answer(const std::string& text) {
  reply out;
  out.type = text.front() == '-' ? reply::kind::error : reply::kind::status;
  out.text = text.substr(1);
  return out;
}

// The refusal, or "accepted" once complete, or "waits".
std::string outcome(handshake& shake, std::initializer_list<std::string> answers) {
  for (const auto& text : answers)
    if (auto refusal = shake.on_reply(answer(text)); !refusal.empty()) return refusal;
  return shake.complete() ? "accepted" : "waits";
}

}  // namespace

TEST_CASE("a handshake says what the URL asks for") {
  CHECK(handshake(at("redis://h"), "").wire() == wire_of({{"PING"}}));
  CHECK(
      handshake(at("redis://:p@h/2"), "gateway-1").wire() ==
      wire_of({{"AUTH", "p"}, {"SELECT", "2"}, {"CLIENT", "SETNAME", "gateway-1"}, {"PING"}})
  );
  CHECK(handshake(at("redis://u:p@h"), "").wire() == wire_of({{"AUTH", "u", "p"}, {"PING"}}));
  CHECK(handshake(at("redis://u@h"), "").wire() == wire_of({{"AUTH", "u", ""}, {"PING"}}));
}

TEST_CASE("a handshake is refused by what keeps every command from its answer") {
  handshake shake(at("redis://u:p@h/1"), "name");
  SECTION("all is well") {
    CHECK(outcome(shake, {"+OK", "+OK", "+OK", "+PONG"}) == "accepted");
  }
  SECTION("an answer is missing") {
    CHECK(outcome(shake, {"+OK", "+OK", "+OK"}) == "waits");
  }
  SECTION("wrong password") {
    CHECK(outcome(shake, {"-WRONGPASS bad"}) == "WRONGPASS bad");
  }
  SECTION("no such database") {
    CHECK(outcome(shake, {"+OK", "-ERR DB index"}) == "ERR DB index");
  }
  SECTION("loading") {
    CHECK(outcome(shake, {"+OK", "+OK", "+OK", "-LOADING wait"}) == "LOADING wait");
  }
  SECTION("a bad name is only a name") {
    CHECK(outcome(shake, {"+OK", "+OK", "-ERR Client names", "+PONG"}) == "accepted");
  }
  SECTION("a full disk still lets us read") {
    CHECK(outcome(shake, {"+OK", "+OK", "+OK", "-MISCONF disk"}) == "accepted");
  }
  SECTION("a narrow ACL may not know PING") {
    CHECK(outcome(shake, {"+OK", "+OK", "+OK", "-NOPERM ping"}) == "accepted");
  }
}
