// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace trunkline::worker {

// SIGTERM as the threads see it: first a mode, after the drain limit an order. Thread-safe.
class stop_signal {
 public:
  explicit stop_signal(std::chrono::milliseconds drain_limit);

  void request();
  bool requested() const;
  // Requested, and the drain limit has passed, by that much.
  bool expired(std::chrono::milliseconds by = std::chrono::milliseconds(0)) const;

  // How long a call that would wait for time may still wait: a stop shortens it to what is left of
  // the drain limit, and to a last short try after that.
  std::chrono::milliseconds at_most(std::chrono::milliseconds time) const;

  // Sleeps; true as soon as a stop is requested.
  bool wait_for(std::chrono::milliseconds);

 private:
  const std::chrono::milliseconds limit_;
  mutable std::mutex mutex_;
  std::condition_variable asked_;
  std::optional<std::chrono::steady_clock::time_point> expires_;
};

}  // namespace trunkline::worker
