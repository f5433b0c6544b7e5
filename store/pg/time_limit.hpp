// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace trunkline::store {

// Calls expired on its own thread unless it is destroyed before the limit. A frozen server does not
// enforce its timeouts.
class time_limit {
 public:
  time_limit(std::chrono::milliseconds limit, std::function<void()> expired)
      : thread_([this, limit, expired = std::move(expired)] {
          std::unique_lock lock(guard_);
          if (!ended_.wait_for(lock, limit, [this] { return finished_; })) expired();
        }) {}
  ~time_limit() {
    {
      const std::lock_guard lock(guard_);
      finished_ = true;
    }
    ended_.notify_one();
  }

 private:
  std::mutex guard_;
  std::condition_variable ended_;
  bool finished_ = false;
  std::jthread thread_;  // last, because it uses the other members
};

}  // namespace trunkline::store
