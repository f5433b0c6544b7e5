// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/batch_executor.hpp"
#include "worker/process/interval_gate.hpp"
#include "worker/process/worker_context.hpp"

namespace trunkline::worker {

// Runs due retries from PostgreSQL, at most one batch per call, under a lease. The claims of a row
// count the leases since its last outcome. A live worker releases the retries that it cannot run,
// so that an expired lease makes its row a suspect. Suspects are leased one at a time.
class retry_runner {
 public:
  retry_runner(worker_context&, batch_executor&, dependency_wait& postgres_wait, interval_gate& poll_due, const stop_signal&);
  // Runs once per poll interval for all threads together, and at each call while the thread waits
  // for PostgreSQL.
  void run();

 private:
  void run_due();
  void run_suspects();

  worker_context& context_;
  batch_executor& executor_;
  dependency_wait& postgres_wait_;
  interval_gate& poll_due_;
  const stop_signal& stop_;
};

}  // namespace trunkline::worker
