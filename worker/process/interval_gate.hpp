// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>

namespace trunkline::worker {

// Admits one caller per interval to a job that the threads of a process share. Thread-safe.
class interval_gate {
 public:
  explicit interval_gate(std::chrono::milliseconds interval) : interval_(interval) {}

  // Returns true for one caller per interval.
  bool try_acquire() {
    const auto now = clock::now().time_since_epoch().count();
    auto due = due_.load();
    if (now < due) return false;
    return due_.compare_exchange_strong(due, now + clock::duration(interval_).count());
  }
  // Admits the next caller immediately, because the job is not complete.
  void reset() { due_ = 0; }

 private:
  using clock = std::chrono::steady_clock;
  const std::chrono::milliseconds interval_;
  std::atomic<clock::rep> due_{0};
};

}  // namespace trunkline::worker
