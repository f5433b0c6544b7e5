// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/process_entries.hpp"

#include "worker/batch/decoded_batch.hpp"
#include "worker/batch/stream_task.hpp"
#include "worker/stream/in_flight_entries.hpp"
#include "worker/stream/settler.hpp"

namespace trunkline::worker {

void report_lost_entries(worker_context& context, const ids& lost) {
  if (lost.empty()) return;
  context.counts.lost += lost.size();
  context.log.error(
      "deliveries lost: pending entries were deleted from the stream",
      {{"entries", lost.size()}, {"entry_id", lost.front()}}
  );
}

bool dead_letter_entries(
    worker_context& context, batch_executor& executor, const ids& entries, const std::string& reason
) {
  std::vector<dead_letter> dead_letters;
  ids lost;
  for (const auto& id : entries) {
    const auto fields = context.stream.fields(id);
    if (!fields) {
      // The entry stays pending. Its claim is not refreshed any more, so that it is reclaimed.
      context.in_flight.remove({id});
      context.log.warn("entry read failed", {{"entry_id", id}, {"error", fields.error}});
    } else if (fields.value->empty()) {
      lost.push_back(id);
    } else {
      dead_letters.push_back({raw_event(id, *fields.value), reason});
    }
  }
  report_lost_entries(context, lost);
  context.settle.settle(lost);
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
  bool running = true;
  if (!batch.undecodable.empty())
    running = dead_letter_entries(
        context, executor, batch.undecodable, "no body: not written by a gateway"
    );
  // The events are applied during a drain too: the executor applies the drain timeout.
  delivery_task task(context, std::move(batch.events));
  return executor.run(task) && running;
}

}  // namespace trunkline::worker
