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

using random_unit = std::function<double()>;  // evenly from [0, 1)

// One thread waiting for one server: backs off with jitter, tells the status and the log when it
// begins and when it ends. What is held meanwhile is the caller's business.
class dependency_wait {
 public:
  dependency_wait(
      thread_status&, std::atomic<std::int64_t>& blocked_micros, int thread, dependency,
      stop_signal&, std::chrono::milliseconds least, random_unit, logger
  );

  // Waits one step, at most most. False: a stop was asked for.
  bool wait(const std::string& reason, std::chrono::milliseconds most);
  void heartbeat() { status_.heartbeat(thread_); }
  void mark_available();  // the server did what it was asked
  bool waiting() const { return since_.has_value(); }

 private:
  thread_status& status_;
  std::atomic<std::int64_t>& blocked_micros_;
  const int thread_;
  const dependency which_;
  stop_signal& stop_;
  const std::chrono::milliseconds least_;
  random_unit random_;
  logger log_;
  bool starting_ = true;
  int step_ = 0;
  void account();
  std::optional<std::chrono::steady_clock::time_point> since_;
  std::chrono::steady_clock::time_point accounted_;  // of since_ on, in blocked_micros_
};

}  // namespace trunkline::worker
