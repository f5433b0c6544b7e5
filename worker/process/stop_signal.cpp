// SPDX-License-Identifier: Apache-2.0
#include "worker/process/stop_signal.hpp"

#include <algorithm>

namespace trunkline::worker {

stop_signal::stop_signal(std::chrono::milliseconds drain_timeout) : drain_timeout_(drain_timeout) {}

void stop_signal::request() {
  {
    const std::lock_guard lock(mutex_);
    if (!expires_) expires_ = std::chrono::steady_clock::now() + drain_timeout_;
  }
  changed_.notify_all();
}

bool stop_signal::requested() const {
  const std::lock_guard lock(mutex_);
  return expires_.has_value();
}

bool stop_signal::expired(std::chrono::milliseconds by) const {
  const std::lock_guard lock(mutex_);
  return expires_ && std::chrono::steady_clock::now() >= *expires_ + by;
}

std::chrono::milliseconds stop_signal::at_most(std::chrono::milliseconds time) const {
  constexpr std::chrono::milliseconds last_attempt{250};
  const std::lock_guard lock(mutex_);
  if (!expires_) return time;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      *expires_ - std::chrono::steady_clock::now()
  );
  return std::min(time, std::max(left, last_attempt));
}

bool stop_signal::wait_for(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [&] { return expires_.has_value(); });
}

}  // namespace trunkline::worker
