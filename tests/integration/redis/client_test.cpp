// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "common/stream/contract.hpp"
#include "servers.hpp"

using namespace std::chrono_literals;
using namespace trunkline;
using support::send_command;
using support::test_redis;
using clock_type = std::chrono::steady_clock;

namespace {

struct frozen {
  frozen() { kill(support::given_redis_pid(), SIGSTOP); }
  ~frozen() { kill(support::given_redis_pid(), SIGCONT); }
};

// A separate stream with a group.
struct empty_stream {
  std::string key = stream::deliveries_key("redis-test");
  explicit empty_stream(redis::client& client) {
    client.execute({"DEL", key}, 2s);
    REQUIRE(client.execute({"XGROUP", "CREATE", key, "workers", "0", "MKSTREAM"}, 2s).ok());
  }
};

}  // namespace

TEST_CASE("a client returns replies, including errors and nil") {
  redis::client client(test_redis(), support::silent());
  CHECK(client.execute({"ECHO", "hello"}, 2s).reply.text == "hello");
  CHECK(client.execute({"GET", "{t}:empty"}, 2s).reply.is_nil());
  const auto failed = client.execute({"NOSUCH"}, 2s);
  CHECK(failed.why == redis::failure::none);
  CHECK_FALSE(failed.ok());
  CHECK(failed.error().starts_with("ERR unknown command"));

  const auto results = client.pipeline({{"ECHO", "a"}, {"NOSUCH"}, {"ECHO", "b"}}, 2s);
  REQUIRE(results.size() == 3);
  CHECK(results[0].reply.text == "a");
  CHECK(results[1].reply.is_error());
  CHECK(results[2].reply.text == "b");
  CHECK(client.pipeline({}, 2s).empty());
}

TEST_CASE("a client reports why it cannot connect, and connects on the next use") {
  auto options = test_redis();
  const auto port = options.where.port;
  options.where.port = support::free_port();
  options.where.user = options.where.password = "";  // this server has no users
  redis::client nobody(options, support::silent());
  const auto result = nobody.execute({"PING"}, 2s);
  CHECK(result.why == redis::failure::not_connected);
  CHECK(result.error() == "connection refused");

  const support::folder home;
  const auto& there = options;
  REQUIRE(there.where.port != port);
  const support::redis_server late(
      {"--port", std::to_string(there.where.port), "--bind", "127.0.0.1", "--dir", home.path()},
      there
  );
  CHECK(nobody.execute({"PING"}, 2s).reply.text == "PONG");
}

TEST_CASE("a call to a frozen Redis ends at its deadline, and no later call receives its reply") {
  redis::client client(test_redis(), support::silent());
  REQUIRE(client.execute({"PING"}, 2s).ok());
  {
    const frozen redis;
    auto start = clock_type::now();
    const auto results = client.pipeline({{"ECHO", "late 1"}, {"ECHO", "late 2"}}, 150ms);
    CHECK(clock_type::now() - start < 400ms);
    CHECK(results[0].why == redis::failure::timed_out);
    CHECK(results[1].why == redis::failure::timed_out);
    CHECK(results[0].error() == "no reply in time");

    // The kernel accepts the connection, but the handshake receives no reply.
    start = clock_type::now();
    CHECK(client.execute({"ECHO", "late 3"}, 150ms).why == redis::failure::not_connected);
    CHECK(clock_type::now() - start < 400ms);
  }
  for (int i = 0; i < 20; ++i) {
    const auto text = std::to_string(i);
    CHECK(client.execute({"ECHO", text}, 2s).reply.text == text);
  }
}

TEST_CASE("a client detects between calls that its connection was closed") {
  redis::client client(test_redis(), support::silent());
  const auto id = std::to_string(client.execute({"CLIENT", "ID"}, 2s).reply.integer);
  send_command(test_redis(), {"CLIENT", "KILL", "ID", id});
  const auto next = client.execute({"CLIENT", "ID"}, 2s);
  REQUIRE(next.ok());
  CHECK(std::to_string(next.reply.integer) != id);
}

TEST_CASE("a blocked call fails if its connection is killed") {
  redis::client client(test_redis(), support::silent());
  // A pipeline that kills its own connection receives the earlier replies and loses the rest.
  const auto id = std::to_string(client.execute({"CLIENT", "ID"}, 2s).reply.integer);
  const auto results = client.pipeline(
      {{"ECHO", "a"}, {"CLIENT", "KILL", "SKIPME", "no", "ID", id}, {"ECHO", "b"}}, 2s
  );
  CHECK(results[0].reply.text == "a");
  CHECK(results[2].why == redis::failure::lost);
  CHECK(results[2].error() == "closed by the server");
  CHECK(client.execute({"PING"}, 2s).ok());
}

TEST_CASE("a blocking read waits for its timeout, and a large batch is complete") {
  redis::client client(test_redis(), support::silent());
  const empty_stream stream(client);
  const std::vector<std::string> read{"XREADGROUP", "GROUP", "workers", "me",       "COUNT", "2000",
                                      "BLOCK",      "100",   "STREAMS", stream.key, ">"};
  const auto start = clock_type::now();
  const auto empty = client.execute(read, 3s);
  CHECK(clock_type::now() - start >= 100ms);
  REQUIRE(empty.ok());
  CHECK(empty.reply.is_nil());

  // The deadline ends a longer block.
  auto longer = read;
  longer[7] = "5000";
  CHECK(client.execute(longer, 150ms).why == redis::failure::timed_out);

  stream::delivery sent;
  sent.received_at_ms = 5;
  const std::string body(10'000, 'x');
  std::vector<std::vector<std::string>> adds;
  for (int i = 0; i < 1000; ++i) {
    const auto d = std::to_string(i);
    adds.push_back({"XADD", stream.key, "*", "d", d, "t", "5", "s", "hex", "k", "0", "b", body});
  }
  for (const auto& added : client.pipeline(adds, 10s)) REQUIRE(added.ok());

  auto batch = client.execute(read, 10s);
  REQUIRE(batch.ok());
  auto& entries = batch.reply.elements.at(0).elements.at(1).elements;
  REQUIRE(entries.size() == 1000);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto entry = stream::decode_entry(std::move(entries[i]));
    REQUIRE(entry.content);
    REQUIRE(entry.content->delivery_id == std::to_string(i));
    REQUIRE(entry.content->body == body);
  }
}

TEST_CASE("decode_entry() reads an XADD in wire form, also after a deletion") {
  redis::client client(test_redis(), support::silent());
  const empty_stream stream(client);
  stream::delivery sent;
  sent.received_at_ms = 1795194181309;
  sent.scheme = signature::scheme::standard;
  sent.key_index = 1;
  sent.provider_delivery_id = "msg_1";
  sent.delivery_id = "01JD";
  std::string wire;
  stream::append_xadd(wire, stream.key, sent, "{}");
  redis::reply_reader reader;
  reader.feed(wire);
  redis::reply command;
  REQUIRE(reader.next(command));
  std::vector<std::string> args;
  for (const auto& each : command.elements) args.push_back(each.text);
  const auto id = client.execute(args, 2s).reply.text;

  REQUIRE(
      client.execute({"XREADGROUP", "GROUP", "workers", "me", "STREAMS", stream.key, ">"}, 2s).ok()
  );
  const std::vector<std::string> own{"XREADGROUP", "GROUP",    "workers", "me",
                                     "STREAMS",    stream.key, "0"};
  const auto entry = [&] {
    const auto result = client.execute(own, 2s);
    return stream::decode_entry(result.reply.elements.at(0).elements.at(1).elements.at(0));
  };
  const auto there = entry();
  CHECK(there.id == id);
  REQUIRE(there.content);
  CHECK(there.content->scheme == signature::scheme::standard);
  CHECK(there.content->provider_delivery_id == "msg_1");
  CHECK(there.content->received_at_ms == 1795194181309);

  CHECK(client.execute({"XDEL", stream.key, id}, 2s).reply.integer == 1);
  const auto deleted = entry();
  CHECK(deleted.id == id);
  CHECK_FALSE(deleted.content);
  CHECK(deleted.problem == "deleted from the stream");
}
