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

// Runs a function on its own thread and waits for the result until a deadline. A task that misses
// the deadline is abandoned, because a resolver or a connect that hangs cannot be interrupted. The
// function must therefore own everything it uses, and a program that used a task must end without
// running destructors (cli/output.hpp, exit_immediately()).
template <class Result>
class deadline_task {
 public:
  template <class Function>
  explicit deadline_task(Function function) : state_(std::make_shared<shared_state>()) {
    std::thread([state = state_, function = std::move(function)]() mutable {
      auto result = function();
      const std::lock_guard lock(state->mutex);
      state->result = std::move(result);
      state->changed.notify_all();
    }).detach();
  }

  // Returns the result, or nullopt if the function has not returned by the deadline.
  std::optional<Result> wait_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait_until(lock, deadline, [&] { return state_->result.has_value(); });
    return std::exchange(state_->result, std::nullopt);
  }

 private:
  struct shared_state {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Result> result;
  };
  std::shared_ptr<shared_state> state_;
};

}  // namespace trunkline::admin
