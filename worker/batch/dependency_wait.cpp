// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/dependency_wait.hpp"

#include "worker/batch/retry_backoff.hpp"

namespace trunkline::worker {

hold::hold(
    status_board& board, std::atomic<std::int64_t>& held_micros, int thread, house which,
    stop_signal& stop, std::chrono::milliseconds least, random_unit random, logger log
)
    : board_(board),
      held_micros_(held_micros),
      thread_(thread),
      which_(which),
      stop_(stop),
      least_(least),
      random_(std::move(random)),
      log_(std::move(log)) {}

bool hold::wait(const std::string& reason, std::chrono::milliseconds most) {
  if (!since_) {
    since_ = accounted_ = std::chrono::steady_clock::now();
    log_.warn("holding", {{"reason", reason}, {"thread", thread_}});
  }
  board_.set(thread_, which_, reason);
  alive();
  const auto pause = backoff(++step_, least_, most, random_());
  log_.debug("holding on", {{"reason", reason}, {"ms", pause.count()}});
  account();
  const bool going_on = !stop_.wait_for(pause);
  account();
  alive();
  return going_on;
}

// What has passed since the last look: a long hold shows while it lasts.
void hold::account() {
  const auto now = std::chrono::steady_clock::now();
  held_micros_ += std::chrono::duration_cast<std::chrono::microseconds>(now - accounted_).count();
  accounted_ = now;
}

void hold::over() {
  if (starting_) board_.clear(thread_, which_);
  starting_ = false;
  if (!since_) return;
  const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - *since_
  );
  account();
  since_.reset();
  step_ = 0;
  board_.clear(thread_, which_);
  log_.info("hold is over", {{"ms", held.count()}, {"thread", thread_}});
}

}  // namespace trunkline::worker
