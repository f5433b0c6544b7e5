// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "worker/batch/outcome_recorder.hpp"
#include "worker/process/interval_gate.hpp"
#include "worker/process/options.hpp"
#include "worker/process/stop_signal.hpp"
#include "worker/process/thread_status.hpp"
#include "worker/stream/in_flight_entries.hpp"
#include "worker/stream/orphan_recovery.hpp"

namespace trunkline::worker {

// What the threads of a process share. Thread-safe, all of it.
struct shared_state {
  shared_state(const worker_options&, std::string process_id, logger);
  // As on SIGTERM: finish what is in hand, then leave.
  void drain();

  const worker_options& options;
  const std::string id;  // of this process, as `trunkline workers list` shows it
  logger log;
  totals counts;
  thread_status status;
  stop_signal stop;
  outcome_recorder outcomes;
  orphan_recovery orphans;
  interval_gate reclaim_due, retry_poll_due, controls_due, rollup_due;
  std::mutex one_suspect;
};

// One thread of the worker: reads a batch, applies it, settles it; then at most one batch of due
// retries. With connections of its own to both servers.
class consumer {
 public:
  // name: of the Redis consumer, unique in the world (host-pid-random-thread).
  consumer(shared_state&, int thread, std::string name);
  ~consumer();

  // Until a stop is requested; then hands back what is left and removes the Redis consumer.
  void run();

  const std::string& name() const;
  const in_flight_entries& in_flight() const;  // for the claim_keepalive
  std::size_t in_flight_count() const;
  store::event_store& store() const;  // for the watchdog: interrupt() and busy_since() only

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::worker
