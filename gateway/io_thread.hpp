// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <memory>

#include "common/log/log.hpp"
#include "gateway/counters.hpp"
#include "gateway/key_reload.hpp"
#include "gateway/redis_delivery_queue.hpp"
#include "gateway/session_settings.hpp"

namespace trunkline::gateway {

// One thread with an event loop, its connections to Redis and the sessions assigned to it. Threads
// share nothing on the path of a delivery. Any thread may call the members.
class io_thread {
 public:
  // settings and open_connections must outlive the thread.
  io_thread(
      const session_settings& settings, redis_queue_options queue, shared_keys keys,
      std::atomic<int>& open_connections, const logger& log
  );
  // Calls stop().
  ~io_thread();

  // Takes ownership of an accepted socket.
  void assign(int socket);
  // The keys apply to every later request.
  void replace_keys(shared_keys);
  // From now on every response ends its connection.
  void end_connections();
  // Closes the connections that are between two requests.
  void close_idle();
  // Closes some of the connections that have been idle longest.
  void evict_idle();
  // Aborts the remaining connections and joins the thread.
  void stop();

  // Returns whether the event loop has run within the given time.
  bool responsive_within(std::chrono::milliseconds) const;
  queue_state queue() const;
  const counters& counts() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::gateway
