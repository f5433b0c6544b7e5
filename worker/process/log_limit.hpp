// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace trunkline::worker {

// Lets a few lines of one kind through a period and counts the others, so that ten thousand dead
// letters do not become ten thousand lines. Thread-safe.
class log_limit {
 public:
  using time = std::chrono::steady_clock::time_point;
  log_limit(int lines, std::chrono::milliseconds period) : lines_(lines), period_(period) {}

  // Nullopt: keep quiet. Else how many lines were kept quiet since the last one.
  std::optional<std::uint64_t> pass(time now = std::chrono::steady_clock::now()) {
    const std::lock_guard lock(mutex_);
    if (now - began_ >= period_) {
      began_ = now;
      let_through_ = 0;
    }
    if (let_through_ == lines_) {
      ++quiet_;
      return std::nullopt;
    }
    ++let_through_;
    return std::exchange(quiet_, 0);
  }

 private:
  const int lines_;
  const std::chrono::milliseconds period_;
  std::mutex mutex_;
  time began_{};
  int let_through_ = 0;
  std::uint64_t quiet_ = 0;
};

}  // namespace trunkline::worker
