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
  // Nothing was sent.
  not_connected,
  // Nothing was sent, because too many commands or bytes have no reply yet.
  overloaded,
  // The connection broke after the command was sent: the outcome is unknown.
  lost,
  // No reply by the deadline: the connection was closed and the outcome is unknown.
  timed_out,
};
std::string_view to_string(failure);

struct connection_options {
  endpoint where;
  // Value of CLIENT SETNAME.
  std::string client_name;
  // Limits name resolution, connect, TLS and handshake together.
  std::chrono::milliseconds connect_timeout{2000};
  // Limits the wait of the oldest command without a reply.
  std::chrono::milliseconds reply_deadline{1000};
  // Limits of the commands in flight (in_flight_limit.hpp).
  std::size_t max_unanswered = 1024;
  std::size_t max_unanswered_bytes = 16u << 20;
  // Pauses between attempts double from the minimum to the maximum, with full jitter.
  std::chrono::milliseconds min_reconnect_pause{50}, max_reconnect_pause{500};
  // Number of parallel sockets. Redis reads about 16 KiB of a socket in one iteration of its loop,
  // and one fsync covers one iteration: with a slow fsync, one socket is slow too. With more than
  // one, replies are in order per socket only.
  int lanes = 1;
};

// A pipelined Redis connection on one io_context that reconnects until stop(). Its sockets, one or
// more, connect and disconnect together. All calls and callbacks happen on the thread that runs the
// io_context. Commands of one iteration of the loop are sent in one write per socket. After each
// connect it sends AUTH, SELECT and CLIENT SETNAME and then calls on_connected; failed AUTH and
// -LOADING count as not connected, and last_error() returns the reason.
class connection {
 public:
  using callback = std::function<void(failure, reply&&)>;

  connection(boost::asio::io_context&, connection_options, logger);
  ~connection();

  // Sets the function that is called after each successful handshake. It may send commands.
  void on_connected(std::function<void()> hook);
  void on_disconnected(std::function<void(const std::string& reason)> hook);
  void start();
  // Closes the connection. Pending callbacks get failure::lost; on_disconnected is not called.
  // start() may follow.
  void stop();

  bool connected() const;
  std::size_t unanswered() const;
  // Returns the reason why it is not connected: "connection refused", "LOADING", "NOAUTH", ...
  const std::string& last_error() const;

  // Sends one command in wire form (append_command). Returns a failure if nothing was sent; the
  // callback is then dropped. Otherwise the callback is called exactly once, after the return.
  failure execute(std::string_view wire, callback);

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace trunkline::redis
