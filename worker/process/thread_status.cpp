// SPDX-License-Identifier: Apache-2.0
#include "worker/process/thread_status.hpp"

#include <algorithm>

namespace trunkline::worker {
namespace {

constexpr const char* starting = "starting";

}  // namespace

thread_status::thread_status(int threads)
    : reasons_(static_cast<std::size_t>(threads), {starting, starting}),
      heartbeats_(static_cast<std::size_t>(threads), std::chrono::steady_clock::now()) {}

void thread_status::set(int thread, dependency which, std::string reason) {
  const std::lock_guard lock(mutex_);
  reasons_[static_cast<std::size_t>(thread)][static_cast<std::size_t>(which)] = std::move(reason);
}

void thread_status::clear(int thread, dependency which) {
  set(thread, which, "");
}

void thread_status::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

bool thread_status::pause(const std::string& note) {
  const std::lock_guard lock(mutex_);
  if (pause_ == note) return false;
  pause_ = note;
  return true;
}

bool thread_status::paused() const {
  return !note().empty();
}

std::string thread_status::note() const {
  const std::lock_guard lock(mutex_);
  return pause_;
}

void thread_status::heartbeat(int thread) {
  const std::lock_guard lock(mutex_);
  heartbeats_[static_cast<std::size_t>(thread)] = std::chrono::steady_clock::now();
}

bool thread_status::all_responsive_since(std::chrono::steady_clock::time_point earliest) const {
  const std::lock_guard lock(mutex_);
  return std::all_of(heartbeats_.begin(), heartbeats_.end(), [&](auto at) {
    return at >= earliest;
  });
}

bool thread_status::ready() const {
  const auto now = state();
  return now == "running" || now == "paused";
}

bool thread_status::blocked() const {
  return !reasons().empty();
}

std::string thread_status::state() const {
  const auto waits = reasons();
  const std::lock_guard lock(mutex_);
  if (draining_) return "draining";
  if (waits == std::vector<std::string>{starting}) return starting;
  if (!waits.empty()) return "blocked";
  return pause_.empty() ? "running" : "paused";
}

std::vector<std::string> thread_status::reasons() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& thread : reasons_)
    for (const auto& reason : thread)
      if (!reason.empty() && std::find(out.begin(), out.end(), reason) == out.end())
        out.push_back(reason);
  return out;
}

}  // namespace trunkline::worker
