// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/process_entries.hpp"

namespace trunkline::worker {

void report_lost(tools& with, const ids& gone) {
  if (gone.empty()) return;
  with.counts.lost += gone.size();
  with.log.error(
      "pending entries were deleted from the stream: their deliveries are lost",
      {{"entries", gone.size()}, {"entry_id", gone.front()}}
  );
}

bool bury_entries(tools& with, carrier& by, const ids& which, const std::string& reason) {
  std::vector<burial> graves;
  ids gone;
  for (const auto& id : which) {
    const auto fields = with.stream.fields(id);
    if (!fields) {
      // Left pending, no longer refreshed: a later sweep meets it again.
      with.held.remove({id});
      with.log.warn("could not read an entry", {{"entry_id", id}, {"error", fields.problem}});
    } else if (fields.value->empty()) {
      gone.push_back(id);
    } else {
      graves.push_back({remains(id, *fields.value), reason});
    }
  }
  report_lost(with, gone);
  with.settle.settle(gone);
  burial_work task(with, std::move(graves));
  return by.carry(task);
}

bool carry_entries(tools& with, carrier& by, std::vector<stream::entry> entries) {
  auto batch = take_in(std::move(entries));
  if (with.log.debug_enabled())
    for (const auto& event : batch.events)
      with.log.debug(
          "read", {{"entry_id", event.entry_id},
                   {"delivery_id", event.delivery.delivery_id},
                   {"bytes", event.delivery.body.size()}}
      );
  bool going = true;
  if (!batch.undecodable.empty())
    going = bury_entries(with, by, batch.undecodable, "no body: not written by a gateway");
  // Carried even while stopping: it is in hand, and the drain limit is the carrier's to keep.
  stream_work task(with, std::move(batch.events));
  return by.carry(task) && going;
}

}  // namespace trunkline::worker
