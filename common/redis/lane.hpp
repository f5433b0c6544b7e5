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

// One socket of a connection: greets, then sends commands and gives each answer to the one who
// waits for it. Lives for one connection; deadlines are its owner's.
class lane : public std::enable_shared_from_this<lane> {
 public:
  using clock = std::chrono::steady_clock;
  struct waiter {
    connection::callback done;
    clock::time_point sent;
    std::size_t bytes;
  };
  struct handlers {
    std::function<void()> ready;                     // after the handshake
    std::function<void(const std::string&)> failed;  // refused, lost or broken: the owner closes it
  };

  lane(boost::asio::io_context&, const connection_options&, handlers);
  void open();
  // No handler and no waiter is called any more: the waiters left are returned, oldest first.
  std::deque<waiter> close();

  void send(std::string_view wire, connection::callback done);
  std::size_t unanswered() const { return waiters_.size(); }
  std::size_t unanswered_bytes() const { return unanswered_bytes_; }
  clock::time_point oldest() const {
    return waiters_.front().sent;
  }  // of the unanswered, of which there must be one

 private:
  void on_bytes(std::string_view bytes);
  void on_greeting(const reply& answer);
  void on_answer(reply&& answer);

  std::shared_ptr<transport> transport_;
  handshake handshake_;
  const handlers handlers_;
  reply_reader reader_;
  std::deque<waiter> waiters_;  // oldest first, as Redis answers
  std::size_t unanswered_bytes_ = 0;
  bool closed_ = false;
};

}  // namespace trunkline::redis
