// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace trunkline::worker {

// Limits the log records of one kind per period, and counts the suppressed ones. Thread-safe.
class log_limit {
 public:
  using time = std::chrono::steady_clock::time_point;
  log_limit(int records, std::chrono::milliseconds period) : records_(records), period_(period) {}

  // Returns nullopt if the record is suppressed, otherwise the number of records suppressed since
  // the last admitted one.
  std::optional<std::uint64_t> admit(time now = std::chrono::steady_clock::now()) {
    const std::lock_guard lock(mutex_);
    if (now - began_ >= period_) {
      began_ = now;
      admitted_ = 0;
    }
    if (admitted_ == records_) {
      ++suppressed_;
      return std::nullopt;
    }
    ++admitted_;
    return std::exchange(suppressed_, 0);
  }

 private:
  const int records_;
  const std::chrono::milliseconds period_;
  std::mutex mutex_;
  time began_{};
  int admitted_ = 0;
  std::uint64_t suppressed_ = 0;
};

}  // namespace trunkline::worker
