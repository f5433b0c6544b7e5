// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/batch_executor.hpp"
#include "worker/batch/stream_task.hpp"
#include "worker/process/interval_gate.hpp"

namespace trunkline::worker {

// Due retries, out of Postgres: at most one batch a call, under a lease. The claims of a row are
// the poison guard: leases since the last outcome. Whoever lives gives back what it can't work on;
// a lease that runs out makes its row a suspect, and suspects are leased one at a time, so that of
// the claims that bury a row all but the first happened with nothing else in hand.
class retries {
 public:
  retries(worker_context&, batch_executor&, dependency_wait& postgres_wait, interval_gate& poll, const stop_signal&);
  // Once a poll period for all threads together, or, while Postgres is held for, each time.
  void run();

 private:
  void run_due();
  void run_suspects();

  worker_context& context_;
  batch_executor& executor_;
  dependency_wait& postgres_wait_;
  interval_gate& poll_;
  const stop_signal& stop_;
};

}  // namespace trunkline::worker
