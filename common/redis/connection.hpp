// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/log/log.hpp"
#include "common/redis/reply.hpp"
#include "common/redis/url.hpp"

namespace boost::asio {
class io_context;
}

namespace trunkline::redis {

enum class failure {
  none,
  not_connected,  // refused at once: nothing was sent
  overloaded,     // refused at once: too many or too large commands unanswered; nothing was sent
  lost,           // sent, then the connection broke: the outcome is not known
  timed_out,      // sent, no answer by the deadline: the connection was closed, the outcome is not
                  // known
};
std::string_view to_string(failure);

struct connection_options {
  endpoint where;
  std::string client_name;                          // CLIENT SETNAME
  std::chrono::milliseconds connect_timeout{2000};  // resolve, connect, TLS and handshake together
  std::chrono::milliseconds reply_deadline{1000};   // of the oldest unanswered command
  std::size_t max_unanswered = 1024;                // commands
  std::size_t max_unanswered_bytes = 16u << 20;
  // Full jitter in between, doubling.
  std::chrono::milliseconds reconnect_least{50}, reconnect_most{500};
  // Sockets side by side. Redis reads about 16 KiB of a socket in one turn of its loop, and one
  // fsync covers one turn: where fsync is slow, one socket is slow too. Above 1, answers come in
  // order on each socket only.
  int lanes = 1;
};

// One Redis connection (of one or more sockets, up and down together) on one io_context, pipelined,
// that reconnects for ever until stop(). All calls and callbacks happen on the thread that runs the
// io_context. Commands given in one turn of the loop leave in one write a socket. Handshake on each
// connect: AUTH, SELECT, CLIENT SETNAME, then on_connected; failing AUTH or -LOADING counts as not
// connected (the reason is kept for last_error()).
class connection {
 public:
  using callback = std::function<void(failure, reply&&)>;

  connection(boost::asio::io_context&, connection_options, logger);
  ~connection();

  // Called after each successful handshake, before connected() becomes true for others; may send
  // commands.
  void on_connected(std::function<void()> hook);
  void on_disconnected(std::function<void(const std::string& reason)> hook);
  void start();
  void stop(
  );  // closes; waiters get failure::lost; on_disconnected is not called; start() may follow

  bool connected() const;
  std::size_t unanswered() const;
  const std::string& last_error(
  ) const;  // why not connected: "connection refused", "LOADING", "NOAUTH", ...

  // wire: one command in wire form (append_command). The callback is called exactly once, never
  // before execute returns when the failure is not immediate; immediate failures are returned
  // instead and the callback dropped.
  failure execute(std::string_view wire, callback);

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace trunkline::redis
