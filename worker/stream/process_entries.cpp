// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/process_entries.hpp"

namespace trunkline::worker {

void report_lost_entries(worker_context& context, const ids& gone) {
  if (gone.empty()) return;
  context.counts.lost += gone.size();
  context.log.error(
      "pending entries were deleted from the stream: their deliveries are lost",
      {{"entries", gone.size()}, {"entry_id", gone.front()}}
  );
}

bool dead_letter_entries(
    worker_context& context, batch_executor& executor, const ids& which, const std::string& reason
) {
  std::vector<dead_letter> dead_letters;
  ids gone;
  for (const auto& id : which) {
    const auto fields = context.stream.fields(id);
    if (!fields) {
      // Left pending, no longer refreshed: a later sweep meets it again.
      context.in_flight.remove({id});
      context.log.warn("could not read an entry", {{"entry_id", id}, {"error", fields.problem}});
    } else if (fields.value->empty()) {
      gone.push_back(id);
    } else {
      dead_letters.push_back({raw_event(id, *fields.value), reason});
    }
  }
  report_lost_entries(context, gone);
  context.settle.settle(gone);
  dead_letter_task task(context, std::move(dead_letters));
  return executor.run(task);
}

bool process_entries(
    worker_context& context, batch_executor& executor, std::vector<stream::entry> entries
) {
  auto batch = decode_batch(std::move(entries));
  if (context.log.debug_enabled())
    for (const auto& event : batch.events)
      context.log.debug(
          "read", {{"entry_id", event.entry_id},
                   {"delivery_id", event.delivery.delivery_id},
                   {"bytes", event.delivery.body.size()}}
      );
  bool going = true;
  if (!batch.undecodable.empty())
    going = dead_letter_entries(
        context, executor, batch.undecodable, "no body: not written by a gateway"
    );
  // Carried even while stopping: it is in hand, and the drain limit is the batch_executor's to
  // keep.
  delivery_task task(context, std::move(batch.events));
  return executor.run(task) && going;
}

}  // namespace trunkline::worker
