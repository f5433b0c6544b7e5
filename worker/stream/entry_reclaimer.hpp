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
class sweep {
 public:
  sweep(tools&, carrier&, batch_reader&, orphan_net&, gate& due, const status_board&, const stop_signal&);
  // Once a period for all threads together, and not while any of them holds.
  void run();

 private:
  struct finds;
  // What to do with what was taken over; nullopt: Redis did not answer, it is left to a later
  // sweep.
  std::optional<finds> take();
  bool add_page(finds&, const ids& taken);
  bool carry_batches(ids);
  bool carry_suspect(const std::string& id);
  void remove_dead_consumers();

  tools& tools_;
  carrier& carrier_;
  batch_reader& reader_;
  orphan_net& net_;
  gate& due_;
  const status_board& board_;
  const stop_signal& stop_;
};

}  // namespace trunkline::worker
