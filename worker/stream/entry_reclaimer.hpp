// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/batch_executor.hpp"
#include "worker/batch/stream_task.hpp"
#include "worker/process/interval_gate.hpp"
#include "worker/stream/batch_reader.hpp"
#include "worker/stream/orphan_recovery.hpp"

namespace trunkline::worker {

// Rescues what readers left behind: entries idle for claim_after, whoever had them, the consumer
// "released" among them. Redis' delivery counter is the poison guard: it counts crashes and nothing
// else, because whoever is alive refreshes what it holds and gives back uncounted.
//   delivered once             claimed as a batch
//   twice or more              one at a time in a process, each settled before the next
//   max_deliveries             dead, unprocessed
class entry_reclaimer {
 public:
  entry_reclaimer(worker_context&, batch_executor&, batch_reader&, orphan_recovery&, interval_gate& due, const thread_status&, const stop_signal&);
  // Once a period for all threads together, and not while any of them holds.
  void run();

 private:
  struct claimed_entries;
  // What to do with what was claimed_page over; nullopt: Redis did not answer, it is left to a
  // later sweep.
  std::optional<claimed_entries> claim();
  bool add_page(claimed_entries&, const ids& taken);
  bool process_batches(ids);
  bool process_suspect(const std::string& id);
  void remove_dead_consumers();

  worker_context& context_;
  batch_executor& executor_;
  batch_reader& reader_;
  orphan_recovery& orphans_;
  interval_gate& due_;
  const thread_status& status_;
  const stop_signal& stop_;
};

}  // namespace trunkline::worker
