// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/entry_reclaimer.hpp"

#include <map>

#include "worker/stream/process_entries.hpp"

namespace trunkline::worker {

struct entry_reclaimer::claimed_entries {
  ids all;                               // claimed_page over: ours, and held
  ids first_delivery;                    // delivered once at most
  std::map<std::int64_t, ids> suspects;  // delivered more often: so often
  ids exhausted;                         // too often
  ids deleted;                           // no longer there
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
  // Somebody who holds would raise the delivery counter of what it can't work on.
  if (status_.blocked() || !due_.try_acquire()) return;
  if (const auto found = claim()) {
    report_lost_entries(context_, found->deleted);
    const auto times = std::to_string(context_.options.max_deliveries);
    // Whoever waits behind one that crashes waits for another claim-after: what can't crash goes
    // first, then what was least often delivered.
    bool going = dead_letter_entries(
        context_, executor_, found->exhausted,
        "delivered " + times +
            " times without an outcome: it takes the worker down or can't be recorded"
    );
    going = going && process_batches(found->first_delivery);
    for (const auto& [deliveries, which] : found->suspects)
      for (const auto& id : which) going = going && process_suspect(id);
    context_.in_flight.remove(found->all);
  }
  if (!stop_.requested()) orphans_.recover(context_.stream);
  if (!stop_.requested()) remove_dead_consumers();
}

// Taken over first without counting a delivery, because only XAUTOCLAIM tells deleted entries from
// those that their owner settled meanwhile.
std::optional<entry_reclaimer::claimed_entries> entry_reclaimer::claim() {
  claimed_entries found;
  std::string cursor = "0-0";
  const auto most = static_cast<std::size_t>(context_.options.batch);
  do {
    auto page = context_.stream.claim_idle(context_.options.claim_after, cursor, 100);
    if (!page || !add_page(found, page.value->entries)) {
      context_.in_flight.remove(found.all);
      return std::nullopt;
    }
    found.deleted.insert(
        found.deleted.end(), page.value->deleted.begin(), page.value->deleted.end()
    );
    cursor = page.value->next_cursor;
  } while (cursor != "0-0" && found.all.size() < most);
  if (cursor != "0-0") due_.reset();
  context_.counts.metrics.claims += static_cast<std::int64_t>(found.all.size());
  const auto suspects = found.all.size() - found.first_delivery.size() - found.exhausted.size();
  if (!found.all.empty())
    context_.log.debug(
        "took over idle entries", {{"entries", found.all.size()},
                                   {"suspects", suspects},
                                   {"condemned", found.exhausted.size()}}
    );
  return found;
}

bool entry_reclaimer::add_page(claimed_entries& found, const ids& taken) {
  if (taken.empty()) return true;
  context_.in_flight.add(taken);
  found.all.insert(found.all.end(), taken.begin(), taken.end());
  const auto pending =
      context_.stream.own_pending(taken.front(), taken.back(), taken.size() + 1000);
  if (!pending) return false;
  std::map<std::string, std::int64_t> deliveries;
  for (const auto& entry : *pending.value) deliveries[entry.id] = entry.deliveries;
  for (const auto& id : taken) {
    const auto times = deliveries[id];
    auto& kind = times >= context_.options.max_deliveries ? found.exhausted
                 : times >= 2                             ? found.suspects[times]
                                                          : found.first_delivery;
    kind.push_back(id);
  }
  return true;
}

bool entry_reclaimer::process_batches(ids which) {
  while (!which.empty()) {
    auto entries = reader_.claim(which);
    if (!entries) return false;
    if (!process_entries(context_, executor_, std::move(*entries.value))) return false;
  }
  return true;
}

bool entry_reclaimer::process_suspect(const std::string& id) {
  const std::lock_guard alone(context_.one_suspect);
  return !stop_.requested() && process_batches({id});
}

// XGROUP DELCONSUMER drops what a consumer holds without a trace: only empty ones, long silent.
void entry_reclaimer::remove_dead_consumers() {
  const auto all = context_.stream.consumers();
  if (!all) return;
  for (const auto& each : *all.value) {
    if (each.pending > 0 || each.idle < context_.options.consumer_idle) continue;
    if (each.name == stream::released_consumer || each.name == context_.stream.consumer()) continue;
    const auto dropped = context_.stream.remove_consumer(each.name);
    if (dropped.value_or(0) > 0)
      context_.log.error(
          "a removed consumer had pending entries; the net will bring them back",
          {{"consumer", each.name}, {"entries", *dropped}}
      );
    else if (dropped)
      context_.log.debug("removed an idle consumer", {{"consumer", each.name}});
  }
}

}  // namespace trunkline::worker
