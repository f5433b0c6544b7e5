// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/log/log.hpp"
#include "worker/batch/outcome_recorder.hpp"
#include "worker/batch/poison_guard.hpp"
#include "worker/process/interval_gate.hpp"
#include "worker/process/options.hpp"
#include "worker/process/stop_signal.hpp"
#include "worker/process/thread_status.hpp"
#include "worker/process/totals.hpp"
#include "worker/stream/orphan_recovery.hpp"

namespace trunkline::worker {

// The state that the threads of a process share. Every member is thread-safe.
struct shared_state {
  shared_state(const worker_options&, std::string process_id, const logger&);
  // Begins a drain, as SIGTERM does: the threads finish what is in flight and end.
  void drain();

  const worker_options& options;
  // The id of this process in `trunkline workers list`.
  const std::string id;
  logger log;
  totals counts;
  thread_status status;
  stop_signal stop;
  outcome_recorder outcomes;
  orphan_recovery orphans;
  interval_gate reclaim_due, retry_poll_due, controls_due, rollup_due;
  poison_guard poison;
};

}  // namespace trunkline::worker
