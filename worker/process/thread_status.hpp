// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace trunkline::worker {

// The servers that a thread may have to wait for.
enum class dependency { redis, postgres };

// The status of the threads, for readiness, process info and watchdog. A thread is starting until
// both dependencies have responded once. Thread-safe.
class thread_status {
 public:
  explicit thread_status(int threads);

  // Marks the thread as blocked by the dependency, for this reason.
  void set(int thread, dependency, std::string reason);
  void clear(int thread, dependency);
  void drain();
  // Sets who paused the worker and why, "" for no pause. Returns whether that is a change.
  bool pause(const std::string& note);
  bool paused() const;
  std::string note() const;

  // Reports that the thread is alive, before each transaction and each wait.
  void heartbeat(int thread);
  bool all_responsive_since(std::chrono::steady_clock::time_point) const;

  // Returns whether the worker is running or paused.
  bool ready() const;
  // Returns whether a thread is starting or waits for a dependency.
  bool blocked() const;
  // Returns "running", "starting", "blocked", "paused" or "draining".
  std::string state() const;
  // Returns the distinct reasons in the order of the threads.
  std::vector<std::string> reasons() const;

 private:
  mutable std::mutex mutex_;
  // By thread and dependency, "" for none.
  std::vector<std::array<std::string, 2>> reasons_;
  bool draining_ = false;
  std::string pause_;
  std::vector<std::chrono::steady_clock::time_point> heartbeats_;
};

}  // namespace trunkline::worker
