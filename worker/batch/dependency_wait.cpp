// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/dependency_wait.hpp"

#include "worker/batch/retry_backoff.hpp"

namespace trunkline::worker {

dependency_wait::dependency_wait(
    thread_status& status, std::atomic<std::int64_t>& blocked_micros, int thread, dependency which,
    stop_signal& stop, std::chrono::milliseconds least, random_unit random, logger log
)
    : status_(status),
      blocked_micros_(blocked_micros),
      thread_(thread),
      which_(which),
      stop_(stop),
      least_(least),
      random_(std::move(random)),
      log_(std::move(log)) {}

bool dependency_wait::wait(const std::string& reason, std::chrono::milliseconds most) {
  if (!since_) {
    since_ = accounted_ = std::chrono::steady_clock::now();
    log_.warn("holding", {{"reason", reason}, {"thread", thread_}});
  }
  status_.set(thread_, which_, reason);
  heartbeat();
  const auto pause = backoff(++step_, least_, most, random_());
  log_.debug("holding on", {{"reason", reason}, {"ms", pause.count()}});
  account();
  const bool going_on = !stop_.wait_for(pause);
  account();
  heartbeat();
  return going_on;
}

// What has passed since the last look: a long hold shows while it lasts.
void dependency_wait::account() {
  const auto now = std::chrono::steady_clock::now();
  blocked_micros_ +=
      std::chrono::duration_cast<std::chrono::microseconds>(now - accounted_).count();
  accounted_ = now;
}

void dependency_wait::mark_available() {
  if (starting_) status_.clear(thread_, which_);
  starting_ = false;
  if (!since_) return;
  const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - *since_
  );
  account();
  since_.reset();
  step_ = 0;
  status_.clear(thread_, which_);
  log_.info("hold is over", {{"ms", held.count()}, {"thread", thread_}});
}

}  // namespace trunkline::worker
