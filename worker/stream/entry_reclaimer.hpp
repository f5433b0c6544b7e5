// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/batch_executor.hpp"
#include "worker/process/interval_gate.hpp"
#include "worker/process/worker_context.hpp"
#include "worker/stream/batch_reader.hpp"
#include "worker/stream/orphan_recovery.hpp"

namespace trunkline::worker {

// Reclaims entries that have been idle for claim_after, of any consumer, including "released".
// The poison guard decides how they are processed.
class entry_reclaimer {
 public:
  entry_reclaimer(worker_context&, batch_executor&, batch_reader&, orphan_recovery&, interval_gate& due, const thread_status&, const stop_signal&);
  // Runs once per interval for all threads together, and not while a thread is blocked.
  void run();

 private:
  struct claimed_entries;
  // Returns nullopt if Redis failed. A later run then claims the entries.
  std::optional<claimed_entries> claim();
  bool add_page(claimed_entries&, const ids& page);
  bool process_batches(ids);
  bool process_suspect(const std::string& id);
  void remove_idle_consumers();

  worker_context& context_;
  batch_executor& executor_;
  batch_reader& reader_;
  orphan_recovery& orphans_;
  interval_gate& due_;
  const thread_status& status_;
  const stop_signal& stop_;
};

}  // namespace trunkline::worker
