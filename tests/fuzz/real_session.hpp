// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http_session.hpp"
#include "tests/fuzz/reading.hpp"

// A session of the gateway on one end of a socket pair, with a queue that accepts every delivery.
namespace trunkline::fuzz {

class queue_of_all final : public gateway::delivery_queue {
 public:
  std::optional<gateway::outcome> append(
      const stream::delivery& entry, std::string_view body, callback done
  ) override {
    require(entry.scheme == signature::scheme::hex && !entry.delivery_id.empty());
    bodies.emplace_back(body);
    waiting.push_back(std::move(done));
    return {};
  }
  void answer_all() {
    for (auto& done : std::exchange(waiting, {})) done({gateway::outcome::accepted, "1-0", ""});
  }

  std::vector<std::string> bodies;
  std::vector<callback> waiting;
};

struct responses {
  std::vector<int> statuses;  // without 100 Continue
  int continues = 0;
  bool ended = false;  // the session closed its side
};

class real_session {
 public:
  real_session() {
    queue.bodies.clear();
    queue.waiting.clear();
    int pair[2];
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    ours_ = pair[0];
    gateway::start_session(io_, context_, pair[1]);
  }
  ~real_session() {
    ::close(std::exchange(ours_, -1));
    run();
    for (auto* each : std::vector(context_.sessions.begin(), context_.sessions.end()))
      each->abort();
    run();
    require(context_.sessions.empty() && context_.counts.in_flight.get() == 0);
  }

  void feed(std::string_view piece) {
    // A closed session reads no more. This is not an error here.
    if (!piece.empty()) (void)!::send(ours_, piece.data(), piece.size(), MSG_NOSIGNAL);
    run();
  }

  responses read() const {
    responses out;
    std::string_view rest = said_;
    while (!rest.empty()) {
      require(rest.starts_with("HTTP/1.1 ") && rest.size() > 12);
      const int status = std::stoi(std::string(rest.substr(9, 3)));
      const auto end = rest.find("\r\n\r\n");
      require(end != std::string_view::npos);
      const auto head = rest.substr(0, end);
      rest.remove_prefix(end + 4);
      if (status == 100) {
        ++out.continues;
        continue;
      }
      require(head.find("Trunkline-Delivery-Id: ") != std::string_view::npos);
      out.statuses.push_back(status);
      // A response to HEAD has no body. All bodies of the gateway begin with a brace.
      if (rest.starts_with('{')) rest.remove_prefix(rest.find('}') + 1);
    }
    out.ended = ended_;
    return out;
  }

  // Created once, because a fuzzer opens many connections.
  static inline queue_of_all queue;

 private:
  static const gateway::session_settings& settings() {
    static const gateway::session_settings made = [] {
      gateway::session_settings s;
      s.reader = limits;
      return s;
    }();
    return made;
  }

  void run() {
    // Reading the responses frees the socket buffer for the next ones.
    for (bool moved = true; moved;) {
      io_.restart();
      moved = io_.poll() > 0;
      if (!queue.waiting.empty()) {
        queue.answer_all();
        moved = true;
      }
      char buffer[4096];
      const auto n = ::recv(ours_, buffer, sizeof buffer, 0);
      if (n > 0) said_.append(buffer, static_cast<std::size_t>(n));
      ended_ = ended_ || n == 0;
      moved = moved || n > 0;
    }
  }

  static gateway::session_context& make_host() {
    static std::atomic<int> open{1};
    static gateway::session_context context(
        settings(), queue, open, logger("gateway", log_level::error, log_format::text)
    );
    open = 1;
    context.keys = std::shared_ptr<const signature::key_ring>(&ring(), [](const auto*) {});
    context.date = "Sun, 22 Nov 2026 00:00:00 GMT";
    return context;
  }

  static inline boost::asio::io_context io_{1};
  gateway::session_context& context_ = make_host();
  int ours_ = -1;
  std::string said_;
  bool ended_ = false;
};

}  // namespace trunkline::fuzz
