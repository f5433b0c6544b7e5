// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/dependency_wait.hpp"

#include "worker/batch/retry_backoff.hpp"

namespace trunkline::worker {

dependency_wait::dependency_wait(
    thread_status& status, std::atomic<std::int64_t>& blocked_micros, int thread, dependency which,
    stop_signal& stop, std::chrono::milliseconds backoff_min, random_unit random, logger log
)
    : status_(status),
      blocked_micros_(blocked_micros),
      thread_(thread),
      dependency_(which),
      stop_(stop),
      backoff_min_(backoff_min),
      random_(std::move(random)),
      log_(std::move(log)) {}

bool dependency_wait::wait(const std::string& reason, std::chrono::milliseconds backoff_max) {
  if (!since_) {
    since_ = counted_until_ = std::chrono::steady_clock::now();
    log_.warn("blocked", {{"reason", reason}, {"thread", thread_}});
  }
  status_.set(thread_, dependency_, reason);
  heartbeat();
  const auto delay = backoff(++failures_, backoff_min_, backoff_max, random_());
  log_.debug("still blocked", {{"reason", reason}, {"ms", delay.count()}});
  count_blocked_time();
  const bool stopping = stop_.wait_for(delay);
  count_blocked_time();
  heartbeat();
  return !stopping;
}

// Called before and after each backoff, so that the metric grows during a long wait.
void dependency_wait::count_blocked_time() {
  const auto now = std::chrono::steady_clock::now();
  blocked_micros_ +=
      std::chrono::duration_cast<std::chrono::microseconds>(now - counted_until_).count();
  counted_until_ = now;
}

void dependency_wait::mark_available() {
  if (starting_) status_.clear(thread_, dependency_);
  starting_ = false;
  if (!since_) return;
  const auto blocked = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - *since_
  );
  count_blocked_time();
  since_.reset();
  failures_ = 0;
  status_.clear(thread_, dependency_);
  log_.info("unblocked", {{"ms", blocked.count()}, {"thread", thread_}});
}

}  // namespace trunkline::worker
