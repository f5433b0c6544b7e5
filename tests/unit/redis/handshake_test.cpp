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

reply make_reply(const std::string& text) {
  reply out;
  out.type = text.front() == '-' ? reply::kind::error : reply::kind::status;
  out.text = text.substr(1);
  return out;
}

// Returns the error, or "accepted" if the handshake is complete, or "waits".
std::string outcome(handshake& shake, std::initializer_list<std::string> replies) {
  for (const auto& text : replies)
    if (auto error = shake.on_reply(make_reply(text)); !error.empty()) return error;
  return shake.complete() ? "accepted" : "waits";
}

}  // namespace

TEST_CASE("a handshake sends the commands that the URL requires") {
  CHECK(handshake(at("redis://h"), "").wire() == wire_of({{"PING"}}));
  CHECK(
      handshake(at("redis://:p@h/2"), "gateway-1").wire() ==
      wire_of({{"AUTH", "p"}, {"SELECT", "2"}, {"CLIENT", "SETNAME", "gateway-1"}, {"PING"}})
  );
  CHECK(handshake(at("redis://u:p@h"), "").wire() == wire_of({{"AUTH", "u", "p"}, {"PING"}}));
  CHECK(handshake(at("redis://u@h"), "").wire() == wire_of({{"AUTH", "u", ""}, {"PING"}}));
}

TEST_CASE("a handshake fails if no command could succeed after it") {
  handshake shake(at("redis://u:p@h/1"), "name");
  SECTION("all replies are OK") {
    CHECK(outcome(shake, {"+OK", "+OK", "+OK", "+PONG"}) == "accepted");
  }
  SECTION("a reply is missing") {
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
  SECTION("a rejected client name is ignored") {
    CHECK(outcome(shake, {"+OK", "+OK", "-ERR Client names", "+PONG"}) == "accepted");
  }
  SECTION("a full disk is ignored because reads work") {
    CHECK(outcome(shake, {"+OK", "+OK", "+OK", "-MISCONF disk"}) == "accepted");
  }
  SECTION("an ACL without PING is ignored") {
    CHECK(outcome(shake, {"+OK", "+OK", "+OK", "-NOPERM ping"}) == "accepted");
  }
}
