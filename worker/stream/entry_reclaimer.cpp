// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/entry_reclaimer.hpp"

#include <map>

#include "worker/batch/poison_guard.hpp"
#include "worker/stream/in_flight_entries.hpp"
#include "worker/stream/process_entries.hpp"

namespace trunkline::worker {

struct entry_reclaimer::claimed_entries {
  // Every entry claimed by this run. They are in flight.
  ids all;
  ids first_delivery;
  // By the number of deliveries.
  std::map<std::int64_t, ids> suspects;
  ids exhausted;
  // Pending entries that were deleted from the stream.
  ids deleted;
};

entry_reclaimer::entry_reclaimer(
    worker_context& context, batch_executor& executor, batch_reader& reader,
    orphan_recovery& orphans, interval_gate& due, const thread_status& status,
    const stop_signal& stop
)
    : context_(context),
      executor_(executor),
      reader_(reader),
      orphans_(orphans),
      due_(due),
      status_(status),
      stop_(stop) {}

void entry_reclaimer::run() {
  // A blocked thread would raise the delivery count of entries that it cannot process.
  if (status_.blocked() || !due_.try_acquire()) return;
  if (const auto claimed = claim()) {
    report_lost_entries(context_, claimed->deleted);
    // Entries behind one that crashes the process wait for another claim_after. Entries that cannot
    // crash it come first, then those with the fewest deliveries.
    bool running = dead_letter_entries(
        context_, executor_, claimed->exhausted, exhausted_reason(context_.options.max_deliveries)
    );
    running = running && process_batches(claimed->first_delivery);
    for (const auto& [deliveries, entries] : claimed->suspects)
      for (const auto& id : entries) running = running && process_suspect(id);
    context_.in_flight.remove(claimed->all);
  }
  if (!stop_.requested()) orphans_.recover(context_.stream);
  if (!stop_.requested()) remove_idle_consumers();
}

// Claims without counting a delivery first, because only XAUTOCLAIM distinguishes deleted entries
// from entries that were settled meanwhile.
std::optional<entry_reclaimer::claimed_entries> entry_reclaimer::claim() {
  claimed_entries claimed;
  std::string cursor = "0-0";
  const auto limit = static_cast<std::size_t>(context_.options.batch);
  do {
    auto page = context_.stream.claim_idle(context_.options.claim_after, cursor, 100);
    if (!page || !add_page(claimed, page.value->entries)) {
      context_.in_flight.remove(claimed.all);
      return std::nullopt;
    }
    const auto& deleted = page.value->deleted;
    claimed.deleted.insert(claimed.deleted.end(), deleted.begin(), deleted.end());
    cursor = page.value->next_cursor;
  } while (cursor != "0-0" && claimed.all.size() < limit);
  if (cursor != "0-0") due_.reset();
  context_.counts.metrics.claims += static_cast<std::int64_t>(claimed.all.size());
  const auto suspects =
      claimed.all.size() - claimed.first_delivery.size() - claimed.exhausted.size();
  if (!claimed.all.empty())
    context_.log.debug(
        "idle entries claimed", {{"entries", claimed.all.size()},
                                 {"suspects", suspects},
                                 {"exhausted", claimed.exhausted.size()}}
    );
  return claimed;
}

bool entry_reclaimer::add_page(claimed_entries& claimed, const ids& page) {
  if (page.empty()) return true;
  context_.in_flight.add(page);
  claimed.all.insert(claimed.all.end(), page.begin(), page.end());
  const auto pending = context_.stream.own_pending(page.front(), page.back(), page.size() + 1000);
  if (!pending) return false;
  std::map<std::string, std::int64_t> deliveries;
  for (const auto& entry : *pending.value) deliveries[entry.id] = entry.deliveries;
  for (const auto& id : page) {
    const auto count = deliveries[id];
    switch (assess_deliveries(count, context_.options.max_deliveries)) {
      case delivery_state::first_delivery:
        claimed.first_delivery.push_back(id);
        break;
      case delivery_state::suspect:
        claimed.suspects[count].push_back(id);
        break;
      case delivery_state::exhausted:
        claimed.exhausted.push_back(id);
        break;
    }
  }
  return true;
}

bool entry_reclaimer::process_batches(ids remaining) {
  while (!remaining.empty()) {
    auto entries = reader_.claim(remaining);
    if (!entries) return false;
    if (!process_entries(context_, executor_, std::move(*entries.value))) return false;
  }
  return true;
}

bool entry_reclaimer::process_suspect(const std::string& id) {
  const auto admitted = context_.poison.admit_suspect();
  return !stop_.requested() && process_batches({id});
}

// Removes empty consumers only: XGROUP DELCONSUMER drops the pending entries of a consumer.
void entry_reclaimer::remove_idle_consumers() {
  const auto consumers = context_.stream.consumers();
  if (!consumers) return;
  for (const auto& each : *consumers.value) {
    if (each.pending > 0 || each.idle < context_.options.consumer_idle) continue;
    if (each.name == stream::released_consumer || each.name == context_.stream.consumer()) continue;
    const auto dropped = context_.stream.remove_consumer(each.name);
    if (dropped.value_or(0) > 0)
      context_.log.error(
          "consumer removed with pending entries; orphan recovery returns them",
          {{"consumer", each.name}, {"entries", *dropped}}
      );
    else if (dropped)
      context_.log.debug("idle consumer removed", {{"consumer", each.name}});
  }
}

}  // namespace trunkline::worker
