// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace trunkline::worker {

// A requested stop, as the threads see it, and its drain timeout. Thread-safe.
class stop_signal {
 public:
  explicit stop_signal(std::chrono::milliseconds drain_timeout);

  void request();
  bool requested() const;
  // Returns whether a stop was requested and the drain timeout was exceeded by the given time.
  bool expired(std::chrono::milliseconds by = std::chrono::milliseconds(0)) const;

  // Returns the maximum wait of a call that normally waits for time. A stop limits it to the rest
  // of the drain timeout, and afterwards to a short last attempt.
  std::chrono::milliseconds at_most(std::chrono::milliseconds time) const;

  // Waits for the given time. Returns true as soon as a stop is requested.
  bool wait_for(std::chrono::milliseconds);

 private:
  const std::chrono::milliseconds drain_timeout_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::chrono::steady_clock::time_point> expires_;
};

}  // namespace trunkline::worker
