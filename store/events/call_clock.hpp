// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>

namespace trunkline::store {

// When the running call of a store began, for the watchdog. May be read by any thread.
class call_clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // Marks a call as running as long as it lives.
  class running {
   public:
    explicit running(call_clock& clock) : clock_(clock) {
      clock_.began_ = std::chrono::steady_clock::now().time_since_epoch().count();
    }
    ~running() { clock_.began_ = not_running; }
    running(const running&) = delete;
    running& operator=(const running&) = delete;

   private:
    call_clock& clock_;
  };

  // Returns the later of the start of the running call and last_sent, or nullopt if no call is
  // running.
  std::optional<time_point> busy_since(time_point last_sent) const {
    const auto began = began_.load();
    if (began == not_running) return std::nullopt;
    return std::max(time_point(time_point::duration(began)), last_sent);
  }

 private:
  static constexpr std::chrono::steady_clock::rep not_running = 0;
  std::atomic<std::chrono::steady_clock::rep> began_{not_running};
};

}  // namespace trunkline::store
