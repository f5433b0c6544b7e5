// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>

namespace trunkline::worker {

// A job that the threads of a process share: done by whoever passes first, once a period.
// Thread-safe.
class interval_gate {
 public:
  explicit interval_gate(std::chrono::milliseconds period) : period_(period) {}

  // True for one caller a period.
  bool try_acquire() {
    const auto now = clock::now().time_since_epoch().count();
    auto due = due_.load();
    if (now < due) return false;
    return due_.compare_exchange_strong(due, now + clock::duration(period_).count());
  }
  void reset() { due_ = 0; }  // there was more to do than one turn allows

 private:
  using clock = std::chrono::steady_clock;
  const std::chrono::milliseconds period_;
  std::atomic<clock::rep> due_{0};
};

}  // namespace trunkline::worker
