// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace trunkline::admin {

// Work on a thread that is left behind when it takes too long: a resolver or a connect that hangs
// can't be interrupted. What the work uses must be its own. A program that used this ends by
// leave().
template <class Result>
class bounded {
 public:
  template <class Work>
  explicit bounded(Work work) : desk_(std::make_shared<desk>()) {
    std::thread([at = desk_, work = std::move(work)]() mutable {
      auto got = work();
      const std::lock_guard lock(at->mutex);
      at->result = std::move(got);
      at->changed.notify_all();
    }).detach();
  }

  // nullopt: it is not done by then.
  std::optional<Result> take_until(std::chrono::steady_clock::time_point end) {
    std::unique_lock lock(desk_->mutex);
    desk_->changed.wait_until(lock, end, [&] { return desk_->result.has_value(); });
    return std::exchange(desk_->result, std::nullopt);
  }

 private:
  struct desk {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Result> result;
  };
  std::shared_ptr<desk> desk_;
};

}  // namespace trunkline::admin
