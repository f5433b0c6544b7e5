// SPDX-License-Identifier: Apache-2.0
#include "worker/process/thread_status.hpp"

#include <algorithm>

namespace trunkline::worker {

status_board::status_board(int threads)
    : reasons_(static_cast<std::size_t>(threads), {"starting", "starting"}),
      turned_(static_cast<std::size_t>(threads), std::chrono::steady_clock::now()) {}

void status_board::set(int thread, house which, std::string reason) {
  const std::lock_guard lock(mutex_);
  reasons_[static_cast<std::size_t>(thread)][static_cast<std::size_t>(which)] = std::move(reason);
}

void status_board::clear(int thread, house which) {
  set(thread, which, "");
}

void status_board::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

bool status_board::pause(const std::string& note) {
  const std::lock_guard lock(mutex_);
  if (pause_ == note) return false;
  pause_ = note;
  return true;
}

bool status_board::paused() const {
  return !note().empty();
}

std::string status_board::note() const {
  const std::lock_guard lock(mutex_);
  return pause_;
}

void status_board::turned(int thread) {
  const std::lock_guard lock(mutex_);
  turned_[static_cast<std::size_t>(thread)] = std::chrono::steady_clock::now();
}

bool status_board::all_turned_since(std::chrono::steady_clock::time_point earliest) const {
  const std::lock_guard lock(mutex_);
  return std::all_of(turned_.begin(), turned_.end(), [&](auto at) { return at >= earliest; });
}

bool status_board::ready() const {
  const auto now = state();
  return now == "running" || now == "paused";
}

bool status_board::holding() const {
  return !reasons().empty();
}

std::string status_board::state() const {
  const bool waiting = holding();
  const std::lock_guard lock(mutex_);
  return draining_ ? "draining" : waiting ? "holding" : pause_.empty() ? "running" : "paused";
}

std::vector<std::string> status_board::reasons() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& thread : reasons_)
    for (const auto& reason : thread)
      if (!reason.empty() && std::find(out.begin(), out.end(), reason) == out.end())
        out.push_back(reason);
  return out;
}

double minute_rate::sample(time now, std::uint64_t outcomes) {
  using namespace std::chrono_literals;
  samples_.emplace_back(now, outcomes);
  while (samples_.size() > 2 && now - samples_.front().first > 1min) samples_.pop_front();
  const std::chrono::duration<double> span = now - samples_.front().first;
  if (span <= 0s) return 0;
  return static_cast<double>(outcomes - samples_.front().second) / span.count();
}

}  // namespace trunkline::worker
