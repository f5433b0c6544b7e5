// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <memory>

#include "common/log/log.hpp"
#include "gateway/counters.hpp"
#include "gateway/http_session.hpp"
#include "gateway/redis_delivery_queue.hpp"

namespace trunkline::gateway {

// One thread with an event loop, a Redis connection and the sessions dealt to it. Threads share
// nothing on the way of a delivery. All calls from any thread.
class io_thread {
 public:
  // settings and open_connections must outlive it.
  io_thread(
      const session_settings& settings, redis_queue_options queue, shared_keys keys,
      std::atomic<int>& open_connections, const logger& log
  );
  ~io_thread();  // stop()

  void deal(int socket);           // takes an accepted socket over
  void replace_keys(shared_keys);  // from the next request on
  void end_connections();          // drain: each answer ends its connection
  void close_idle();               // drain: connections between two requests
  void make_room();                // ends a few of those that have been idle longest
  void stop();                     // cuts what is left, joins

  bool turned_within(std::chrono::milliseconds) const;  // its event loop, or did something hold it?
  queue_state queue() const;
  const figures& counts() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
