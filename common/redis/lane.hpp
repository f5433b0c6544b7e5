// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/redis/connection.hpp"
#include "common/redis/handshake.hpp"
#include "common/redis/reply.hpp"
#include "common/redis/transport.hpp"

namespace trunkline::redis {

// One socket of a connection: performs the handshake, then sends commands and passes each reply to
// its callback. Used for one connection only. Its owner enforces the deadlines.
class lane : public std::enable_shared_from_this<lane> {
 public:
  using clock = std::chrono::steady_clock;
  struct waiter {
    connection::callback done;
    clock::time_point sent;
    std::size_t bytes;
  };
  struct handlers {
    // Called after the handshake.
    std::function<void()> ready;
    // Called if the server rejects the handshake or the socket fails. The owner closes the lane.
    std::function<void(const std::string&)> failed;
  };

  lane(boost::asio::io_context&, const connection_options&, handlers);
  void open();
  // Returns the remaining waiters, oldest first. No handler is called any more.
  std::deque<waiter> close();

  void send(std::string_view wire, connection::callback done);
  std::size_t unanswered() const { return waiters_.size(); }
  std::size_t unanswered_bytes() const { return unanswered_bytes_; }
  // Returns when the oldest command in flight was sent; there must be one.
  clock::time_point oldest() const { return waiters_.front().sent; }

 private:
  void on_bytes(std::string_view bytes);
  void on_greeting(const reply&);
  void on_reply(reply&&);

  std::shared_ptr<transport> transport_;
  handshake handshake_;
  const handlers handlers_;
  reply_reader reader_;
  // Oldest first, in the order of the replies.
  std::deque<waiter> waiters_;
  std::size_t unanswered_bytes_ = 0;
  bool closed_ = false;
};

}  // namespace trunkline::redis
