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

// One thread waiting for one server: backs off with jitter, tells the board and the log when it
// begins and when it ends. What is held meanwhile is the caller's business.
class hold {
 public:
  hold(
      status_board&, std::atomic<std::int64_t>& held_micros, int thread, house, stop_signal&,
      std::chrono::milliseconds least, random_unit, logger
  );

  // Waits one step, at most most. False: a stop was asked for.
  bool wait(const std::string& reason, std::chrono::milliseconds most);
  void alive() { board_.turned(thread_); }
  void over();  // the server did what it was asked
  bool holding() const { return since_.has_value(); }

 private:
  status_board& board_;
  std::atomic<std::int64_t>& held_micros_;
  const int thread_;
  const house which_;
  stop_signal& stop_;
  const std::chrono::milliseconds least_;
  random_unit random_;
  logger log_;
  bool starting_ = true;
  int step_ = 0;
  void account();
  std::optional<std::chrono::steady_clock::time_point> since_;
  std::chrono::steady_clock::time_point accounted_;  // of since_ on, in held_micros_
};

}  // namespace trunkline::worker
