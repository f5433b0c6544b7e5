// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "servers.hpp"

using namespace std::chrono_literals;
using namespace trunkline::redis;
using clock_type = std::chrono::steady_clock;
using support::send_command;
using support::test_redis;

namespace {

// A connection with its own event loop, and the outcomes of its callbacks.
struct fixture {
  explicit fixture(connection_options options = test_redis())
      : link(io, std::move(options), support::silent()) {
    link.on_connected([this] { ++connects; });
    link.on_disconnected([this](const std::string& reason) { disconnects.push_back(reason); });
  }

  template <class Done>
  bool run_until(Done done, std::chrono::milliseconds limit = 10s) {
    const auto end = clock_type::now() + limit;
    while (!done() && clock_type::now() < end) {
      io.restart();
      io.run_one_until(end);
    }
    return done();
  }
  bool connect() {
    link.start();
    return run_until([&] { return link.connected(); });
  }

  // Outcomes are "name=reply" in the order of the callbacks.
  failure send(const std::string& name, std::initializer_list<std::string_view> args) {
    std::string wire;
    append_command(wire, args);
    return link.execute(wire, [this, name](failure why, reply&& response) {
      outcomes.push_back(
          name + "=" +
          (why != failure::none                    ? std::string(to_string(why))
           : response.type == reply::kind::integer ? std::to_string(response.integer)
                                                   : response.text)
      );
    });
  }
  bool answered(std::size_t count) {
    return run_until([&] { return outcomes.size() >= count; });
  }

  boost::asio::io_context io{1};
  connection link;
  int connects = 0;
  std::vector<std::string> disconnects;
  std::vector<std::string> outcomes;
};

// Stops this Redis process during the lifetime of the object.
struct frozen {
  frozen() { kill(support::given_redis_pid(), SIGSTOP); }
  ~frozen() { kill(support::given_redis_pid(), SIGCONT); }
};

using outcomes = std::vector<std::string>;

}  // namespace

TEST_CASE("commands are sent in one write, and replies arrive in order") {
  fixture f;
  REQUIRE(f.connect());
  CHECK(f.connects == 1);
  constexpr int count = 300;
  outcomes expected;
  for (int i = 0; i < count; ++i) {
    const auto name = std::to_string(i);
    REQUIRE(f.send(name, {"ECHO", name}) == failure::none);
    expected.push_back(name + "=" + name);
  }
  CHECK(f.link.unanswered() == count);
  CHECK(f.outcomes.empty());
  REQUIRE(f.answered(count));
  CHECK(f.outcomes == expected);
  CHECK(f.link.unanswered() == 0);

  // Redis counts one read per write in its event loop.
  const auto reads = [] {
    const auto stats = send_command(test_redis(), {"INFO", "stats"});
    const auto at = stats.find("total_reads_processed:");
    return std::stol(stats.substr(at + 22));
  };
  const auto before = reads();
  for (int i = 0; i < count; ++i) f.send("x", {"ECHO", "x"});
  REQUIRE(f.answered(2 * count));
  CHECK(reads() - before < 10);
}

TEST_CASE("a connection that is not open rejects commands at once with a reason") {
  auto options = test_redis();
  options.where.port = support::free_port();
  fixture f(options);
  CHECK(f.send("early", {"PING"}) == failure::not_connected);
  f.link.start();
  REQUIRE(f.run_until([&] { return !f.link.last_error().empty(); }));
  CHECK(f.link.last_error() == "connection refused");
  CHECK_FALSE(f.link.connected());
  CHECK(f.send("late", {"PING"}) == failure::not_connected);
  CHECK(f.outcomes.empty());
  CHECK(f.disconnects.empty());
}

TEST_CASE("commands beyond the limits are rejected, and replies free capacity") {
  auto options = test_redis();
  options.max_unanswered = 3;
  options.max_unanswered_bytes = 1000;
  fixture f(options);
  REQUIRE(f.connect());
  CHECK(f.send("large", {"ECHO", std::string(1000, 'x')}) == failure::overloaded);
  for (const auto* name : {"a", "b", "c"}) CHECK(f.send(name, {"ECHO", name}) == failure::none);
  CHECK(f.send("d", {"ECHO", "d"}) == failure::overloaded);
  REQUIRE(f.answered(3));
  CHECK(f.send("e", {"STRLEN", std::string(600, 'x')}) == failure::none);
  CHECK(f.send("f", {"STRLEN", std::string(600, 'x')}) == failure::overloaded);
  REQUIRE(f.answered(4));
  CHECK(f.outcomes == outcomes{"a=a", "b=b", "c=c", "e=0"});
}

TEST_CASE("commands to a frozen Redis fail at the deadline, and late replies are discarded") {
  auto options = test_redis();
  options.reply_deadline = 200ms;
  fixture f(options);
  REQUIRE(f.connect());
  f.send("before", {"ECHO", "before"});
  REQUIRE(f.answered(1));
  {
    const frozen redis;
    const auto start = clock_type::now();
    f.send("one", {"ECHO", "one"});
    f.send("two", {"ECHO", "two"});
    REQUIRE(f.answered(3));
    const auto took = clock_type::now() - start;
    CHECK(took >= 200ms);
    CHECK(took < 400ms);
    CHECK(f.outcomes == outcomes{"before=before", "one=timed out", "two=timed out"});
    CHECK(f.disconnects == outcomes{"no reply within 200 ms"});
    CHECK(f.send("away", {"PING"}) == failure::not_connected);
  }
  REQUIRE(f.run_until([&] { return f.link.connected(); }));
  CHECK(f.connects == 2);
  f.send("after", {"ECHO", "after"});
  REQUIRE(f.answered(4));
  CHECK(f.outcomes.back() == "after=after");
}

TEST_CASE("the deadline is that of the oldest command, also under steady traffic") {
  auto options = test_redis();
  options.reply_deadline = 300ms;
  fixture f(options);
  REQUIRE(f.connect());
  std::optional<frozen> redis(std::in_place);
  const auto start = clock_type::now();
  f.send("oldest", {"PING"});
  while (f.outcomes.empty() && clock_type::now() < start + 3s) {
    f.send("younger", {"PING"});
    f.io.restart();
    f.io.run_for(20ms);
  }
  CHECK(clock_type::now() - start < 500ms);
  REQUIRE(f.outcomes.size() > 1);
  CHECK(f.outcomes.front() == "oldest=timed out");
}

TEST_CASE("a killed connection fails its commands and reconnects") {
  fixture f;
  REQUIRE(f.connect());
  f.send("id", {"CLIENT", "ID"});
  REQUIRE(f.answered(1));
  f.send("blocked", {"BLPOP", "{t}:empty", "5"});
  f.io.restart();
  f.io.run_for(50ms);
  send_command(test_redis(), {"CLIENT", "KILL", "ID", f.outcomes[0].substr(3)});
  REQUIRE(f.answered(2));
  CHECK(f.outcomes[1] == "blocked=connection lost");
  CHECK(f.disconnects == outcomes{"closed by the server"});
  REQUIRE(f.run_until([&] { return f.link.connected(); }, 1s));
  f.send("again", {"ECHO", "again"});
  REQUIRE(f.answered(3));
  CHECK(f.outcomes[2] == "again=again");
}

TEST_CASE("several sockets share the load and act as one connection") {
  auto options = test_redis();
  options.lanes = 4;
  options.client_name = "lanes-test";
  fixture f(options);
  REQUIRE(f.connect());
  CHECK(f.connects == 1);
  const auto clients = [] {
    const auto list = send_command(test_redis(), {"CLIENT", "LIST"});
    int count = 0;
    for (auto at = list.find("name=lanes-test"); at != std::string::npos;
         at = list.find("name=lanes-test", at + 1))
      ++count;
    return count;
  };
  CHECK(clients() == 4);

  // A few commands use one socket. Beyond 16 KiB, the next socket is used.
  const auto ids_of = [&](int count, const std::string& filler) {
    std::set<std::string> ids;
    f.outcomes.clear();
    for (int i = 0; i < count; ++i) {
      REQUIRE(f.send("id", {"CLIENT", "ID"}) == failure::none);
      if (!filler.empty()) REQUIRE(f.send("", {"STRLEN", filler}) == failure::none);
    }
    REQUIRE(f.answered(static_cast<std::size_t>(filler.empty() ? count : 2 * count)));
    for (const auto& outcome : f.outcomes)
      if (outcome.starts_with("id=")) ids.insert(outcome);
    return ids;
  };
  CHECK(ids_of(20, "").size() == 1);
  const auto ids = ids_of(20, std::string(8000, 'x'));
  CHECK(ids.size() == 4);

  SECTION("the loss of one socket closes all, and all reconnect") {
    f.outcomes.clear();
    for (int i = 0; i < 4; ++i)
      f.send("blocked", {"BLPOP", "{t}:" + std::string(15'000, 'x'), "5"});
    f.io.restart();
    f.io.run_for(50ms);
    send_command(test_redis(), {"CLIENT", "KILL", "ID", ids.rbegin()->substr(3)});
    REQUIRE(f.answered(4));
    CHECK(f.outcomes == outcomes(4, "blocked=connection lost"));
    CHECK(f.disconnects.size() == 1);
    REQUIRE(f.run_until([&] { return f.link.connected(); }, 1s));
    CHECK(clients() == 4);
  }
  SECTION("the limits apply to all sockets together") {
    f.outcomes.clear();
    for (int i = 0; i < 1024; ++i)
      REQUIRE(f.send("x", {"ECHO", std::string(1000, 'x')}) == failure::none);
    CHECK(f.link.unanswered() == 1024);
    CHECK(f.send("x", {"PING"}) == failure::overloaded);
    CHECK(f.answered(1024));
  }
  SECTION("the deadline is that of the oldest command on any socket") {
    f.outcomes.clear();
    const frozen redis;
    const auto start = clock_type::now();
    for (int i = 0; i < 4; ++i) f.send("x", {"ECHO", std::string(15'000, 'x')});
    REQUIRE(f.answered(4));
    CHECK(clock_type::now() - start < 1300ms);
    CHECK(f.outcomes == outcomes(4, "x=timed out"));
  }
}

TEST_CASE("the hook of a new connection sends before other commands") {
  fixture f;
  f.link.on_connected([&] { f.send("hook", {"ECHO", "hook"}); });
  REQUIRE(f.connect());
  f.send("other", {"ECHO", "other"});
  REQUIRE(f.answered(2));
  CHECK(f.outcomes == outcomes{"hook=hook", "other=other"});
}

TEST_CASE("stop() fails waiting commands, and start() connects again") {
  fixture f;
  REQUIRE(f.connect());
  f.send("waiting", {"BLPOP", "{t}:empty", "5"});
  f.link.stop();
  CHECK(f.outcomes == outcomes{"waiting=connection lost"});
  CHECK(f.disconnects.empty());
  f.io.restart();
  f.io.run_for(2s);
  CHECK(f.io.stopped());  // no work is left that keeps the loop running
  REQUIRE(f.connect());
  CHECK(f.connects == 2);
}

TEST_CASE("a callback may stop or destroy its connection") {
  fixture f;
  REQUIRE(f.connect());
  std::string wire;
  append_command(wire, {"PING"});
  int calls = 0;
  SECTION("stop") {
    f.link.execute(wire, [&](failure, reply&&) { ++calls, f.link.stop(); });
    f.link.execute(wire, [&](failure why, reply&&) { calls += why == failure::lost ? 10 : 100; });
    CHECK(f.run_until([&] { return calls == 11; }));
  }
  SECTION("destroy") {
    auto other = std::make_unique<connection>(f.io, test_redis(), support::silent());
    other->start();
    REQUIRE(f.run_until([&] { return other->connected(); }));
    other->execute(wire, [&](failure, reply&&) { ++calls, other.reset(); });
    other->execute(wire, [&](failure why, reply&&) { calls += why == failure::lost ? 10 : 100; });
    CHECK(f.run_until([&] { return calls == 11; }));
  }
}
