// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace trunkline::worker {

// Runs a function on its own thread, immediately and then once per period, until it is destroyed.
class ticker {
 public:
  ticker(std::chrono::milliseconds period, std::function<void()> tick)
      : thread_([this, period, tick = std::move(tick)] { run(period, tick); }) {}
  ~ticker() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stop_.notify_all();
    thread_.join();
  }
  ticker(const ticker&) = delete;
  ticker& operator=(const ticker&) = delete;

 private:
  void run(std::chrono::milliseconds period, const std::function<void()>& tick) {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      tick();
      lock.lock();
      stop_.wait_for(lock, period, [this] { return stopping_; });
    }
  }

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  // The last member, because the thread uses the others.
  std::thread thread_;
};

}  // namespace trunkline::worker
