// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "worker/process/metrics.hpp"

namespace trunkline::worker {

// What this process has done since it started. Every entry or retry that got an outcome is in
// exactly one of the first six.
struct totals {
  std::atomic<std::uint64_t> processed{0}, ignored{0}, duplicates{0}, redelivered{0}, retrying{0},
      dead{0};
  std::atomic<std::uint64_t> released{0};      // entries handed to others without an outcome
  std::atomic<std::uint64_t> lost{0};          // pending entries that somebody deleted: an alarm
  std::atomic<std::uint64_t> orphans{0};       // brought back by the net: an alarm
  std::atomic<std::uint64_t> restructures{0};  // batches under the exclusive structure lock
  worker_metrics metrics;

  std::uint64_t outcomes() const {
    return processed + ignored + duplicates + redelivered + retrying + dead;
  }
};

// The servers a thread may have to wait for.
enum class dependency { redis, postgres };

// Which threads hold, and why: what readiness and the heartbeat tell. A thread is not ready before
// it has reached both servers once. Thread-safe.
class thread_status {
 public:
  explicit thread_status(int threads);

  void set(int thread, dependency, std::string reason);
  void clear(int thread, dependency);
  void drain();  // from now on
  // note: why nothing is applied and who wanted that; "": it is. True if that is new.
  bool pause(const std::string& note);
  bool paused() const;
  std::string note() const;

  // A sign of life: before each transaction and each wait. What stands still in between, for longer
  // than any call may take, never comes back by itself.
  void heartbeat(int thread);
  bool all_responsive_since(std::chrono::steady_clock::time_point) const;

  bool ready() const;                        // a pause is as it should be
  bool blocked() const;                      // some thread waits for a server
  std::string state() const;                 // "running", "paused", "holding" or "draining"
  std::vector<std::string> reasons() const;  // distinct, in thread order

 private:
  mutable std::mutex mutex_;
  std::vector<std::array<std::string, 2>> reasons_;  // "" where all is well
  bool draining_ = false;
  std::string pause_;  // "": not paused
  std::vector<std::chrono::steady_clock::time_point> heartbeats_;
};

// Outcomes a second over the last minute, from the heartbeat's samples. Not thread-safe.
class minute_rate {
 public:
  using time = std::chrono::steady_clock::time_point;
  double sample(time now, std::uint64_t outcomes);

 private:
  std::deque<std::pair<time, std::uint64_t>> samples_;
};

}  // namespace trunkline::worker
