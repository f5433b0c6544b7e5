// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "common/log/log.hpp"
#include "gateway/heartbeat.hpp"
#include "gateway/io_thread.hpp"
#include "gateway/listener.hpp"

namespace trunkline::gateway {

// Ends the service in order: not ready but serving for the drain delay, then no new connections,
// then at most 10 s for the open ones, then the last counters. Used on the thread of the io_context
// except for active().
class drain {
 public:
  struct parts {
    listener& listening;
    std::vector<std::unique_ptr<io_thread>>& threads;
    heartbeat& publisher;
    const std::atomic<int>& open_connections;
  };

  // Calls stopped once the drain is complete.
  drain(
      boost::asio::io_context&, std::chrono::milliseconds delay, parts, logger,
      std::function<void()> stopped
  );

  // Later calls have no effect.
  void begin();
  // Returns true from begin() on. Any thread may call it.
  bool active() const { return active_; }

 private:
  using clock = std::chrono::steady_clock;

  void stop_listening();
  void wait_for_connections(clock::time_point deadline);
  void stop_threads();
  void wait_for_counters(clock::time_point deadline);

  const std::chrono::milliseconds delay_;
  parts parts_;
  const logger log_;
  const std::function<void()> stopped_;
  boost::asio::steady_timer timer_;
  std::atomic<bool> active_{false};
};

}  // namespace trunkline::gateway
