// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "common/log/log.hpp"
#include "worker/process/stop_signal.hpp"
#include "worker/process/thread_status.hpp"

namespace trunkline::worker {

// Returns random numbers, evenly distributed in [0, 1).
using random_unit = std::function<double()>;

// Makes one thread wait for one dependency: backs off with jitter, and reports the beginning and
// the end of the wait to the thread_status and to the log.
class dependency_wait {
 public:
  dependency_wait(
      thread_status&, std::atomic<std::int64_t>& blocked_micros, int thread, dependency,
      stop_signal&, std::chrono::milliseconds backoff_min, random_unit, logger
  );

  // Waits for the next backoff, at most backoff_max. Returns false if a stop was requested.
  bool wait(const std::string& reason, std::chrono::milliseconds backoff_max);
  // Ends the wait, if there is one: the dependency responded as expected.
  void mark_available();
  bool waiting() const { return since_.has_value(); }
  void heartbeat() { status_.heartbeat(thread_); }

 private:
  void count_blocked_time();

  thread_status& status_;
  std::atomic<std::int64_t>& blocked_micros_;
  const int thread_;
  const dependency dependency_;
  stop_signal& stop_;
  const std::chrono::milliseconds backoff_min_;
  random_unit random_;
  logger log_;
  bool starting_ = true;
  int failures_ = 0;
  std::optional<std::chrono::steady_clock::time_point> since_;
  // The end of the time that blocked_micros_ includes.
  std::chrono::steady_clock::time_point counted_until_;
};

}  // namespace trunkline::worker
