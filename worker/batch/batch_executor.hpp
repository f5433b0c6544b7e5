// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "common/log/log.hpp"
#include "worker/batch/batch_task.hpp"
#include "worker/batch/dependency_wait.hpp"
#include "worker/batch/failure_policy.hpp"
#include "worker/process/log_limit.hpp"

namespace trunkline::worker {

// Executes batch tasks until their events have outcomes: runs transactions and carries out what
// failure_policy decides. Each thread has one.
class batch_executor {
 public:
  struct limits {
    std::chrono::milliseconds outage_backoff_max, probe_interval_max;
  };
  batch_executor(
      store::event_store&, dependency_wait& postgres_wait, stop_signal&, limits, random_unit, logger
  );

  // Returns true when each event of the task has an outcome or was released, false if a stop came
  // first and the rest was released.
  bool run(batch_task&);

  // Handles the failure of a call outside of a task: waits if PostgreSQL is the cause, otherwise
  // logs the error. Returns false if a stop was requested.
  bool recover_from(const store::store_error&, std::string_view operation);

 private:
  struct progress;

  // Returns nullopt if the probe passed.
  std::optional<store::store_error> probe();
  next_step choose_step(const store::store_error&, progress&, const batch_bisection::slice&);
  std::optional<bool>
  handle_failure(const store::store_error&, batch_task&, batch_bisection&, progress&);
  bool
  wait_for_server(const store::store_error&, failure_cause, batch_task*, const batch_bisection&);

  store::event_store& store_;
  dependency_wait& postgres_wait_;
  stop_signal& stop_;
  const limits limits_;
  random_unit random_;
  logger log_;
  log_limit failed_calls_{5, std::chrono::minutes(1)};
};

}  // namespace trunkline::worker
