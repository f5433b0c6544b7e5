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
class carrier {
 public:
  struct limits {
    std::chrono::milliseconds hold_most, probe_most;
  };
  carrier(store::event_store&, hold& postgres, stop_signal&, limits, random_unit, logger);

  // True: everything in it has its outcome or went back. False: a stop came first; the rest was
  // given back.
  bool carry(work&);

  // For a call outside of work that failed: waits where the house is to blame, else says so and
  // goes on. False: a stop was asked for.
  bool survive(const store::store_error&, std::string_view doing);

 private:
  struct progress;
  std::optional<store::store_error> probe();  // nullopt: passed
  next_step judge(const store::store_error&, progress&, const isolation::slice&);
  bool hold_on(const store::store_error&, blame, work*, const isolation&);

  store::event_store& store_;
  hold& hold_;
  stop_signal& stop_;
  const limits limits_;
  random_unit random_;
  logger log_;
  log_limit complaints_{5, std::chrono::minutes(1)};
};

}  // namespace trunkline::worker
