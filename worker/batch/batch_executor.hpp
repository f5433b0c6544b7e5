// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "common/log/log.hpp"
#include "worker/batch/batch_task.hpp"
#include "worker/batch/dependency_wait.hpp"
#include "worker/batch/failure_cause.hpp"
#include "worker/process/log_limit.hpp"

namespace trunkline::worker {

// Carries work to its outcomes through whatever Postgres answers: the loop around the table of
// failure.hpp. One a thread.
class batch_executor {
 public:
  struct limits {
    std::chrono::milliseconds outage_backoff_max, probe_interval_max;
  };
  batch_executor(
      store::event_store&, dependency_wait& postgres_wait, stop_signal&, limits, random_unit, logger
  );

  // True: everything in it has its outcome or went back. False: a stop came first; the rest was
  // given back.
  bool run(batch_task&);

  // For a call outside of work that failed: waits where the house is to failure_cause, else says so
  // and goes on. False: a stop was asked for.
  bool recover_from(const store::store_error&, std::string_view doing);

 private:
  struct progress;
  std::optional<store::store_error> probe();  // nullopt: passed
  next_step choose_step(const store::store_error&, progress&, const batch_bisection::slice&);
  bool
  wait_for_dependency(const store::store_error&, failure_cause, batch_task*, const batch_bisection&);

  store::event_store& store_;
  dependency_wait& postgres_wait_;
  stop_signal& stop_;
  const limits limits_;
  random_unit random_;
  logger log_;
  log_limit complaints_{5, std::chrono::minutes(1)};
};

}  // namespace trunkline::worker
