// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/entry_reclaimer.hpp"

#include <map>

#include "worker/stream/process_entries.hpp"

namespace trunkline::worker {

struct sweep::finds {
  ids all;                               // taken over: ours, and held
  ids fresh;                             // delivered once at most
  std::map<std::int64_t, ids> suspects;  // delivered more often: so often
  ids condemned;                         // too often
  ids deleted;                           // no longer there
};

sweep::sweep(
    tools& with, carrier& by, batch_reader& reader, orphan_net& net, gate& due,
    const status_board& board, const stop_signal& stop
)
    : tools_(with),
      carrier_(by),
      reader_(reader),
      net_(net),
      due_(due),
      board_(board),
      stop_(stop) {}

void sweep::run() {
  // Somebody who holds would raise the delivery counter of what it can't work on.
  if (board_.holding() || !due_.pass()) return;
  if (const auto found = take()) {
    report_lost(tools_, found->deleted);
    const auto times = std::to_string(tools_.options.max_deliveries);
    // Whoever waits behind one that crashes waits for another claim-after: what can't crash goes
    // first, then what was least often delivered.
    bool going = bury_entries(
        tools_, carrier_, found->condemned,
        "delivered " + times +
            " times without an outcome: it takes the worker down or can't be recorded"
    );
    going = going && carry_batches(found->fresh);
    for (const auto& [deliveries, which] : found->suspects)
      for (const auto& id : which) going = going && carry_suspect(id);
    tools_.held.remove(found->all);
  }
  if (!stop_.requested()) net_.haul(tools_.stream);
  if (!stop_.requested()) remove_dead_consumers();
}

// Taken over first without counting a delivery, because only XAUTOCLAIM tells deleted entries from
// those that their owner settled meanwhile.
std::optional<sweep::finds> sweep::take() {
  finds found;
  std::string cursor = "0-0";
  const auto most = static_cast<std::size_t>(tools_.options.batch);
  do {
    auto page = tools_.stream.take_idle(tools_.options.claim_after, cursor, 100);
    if (!page || !add_page(found, page.value->entries)) {
      tools_.held.remove(found.all);
      return std::nullopt;
    }
    found.deleted.insert(
        found.deleted.end(), page.value->deleted.begin(), page.value->deleted.end()
    );
    cursor = page.value->next_cursor;
  } while (cursor != "0-0" && found.all.size() < most);
  if (cursor != "0-0") due_.open();
  tools_.counts.metrics.claims += static_cast<std::int64_t>(found.all.size());
  const auto suspects = found.all.size() - found.fresh.size() - found.condemned.size();
  if (!found.all.empty())
    tools_.log.debug(
        "took over idle entries", {{"entries", found.all.size()},
                                   {"suspects", suspects},
                                   {"condemned", found.condemned.size()}}
    );
  return found;
}

bool sweep::add_page(finds& found, const ids& taken) {
  if (taken.empty()) return true;
  tools_.held.add(taken);
  found.all.insert(found.all.end(), taken.begin(), taken.end());
  const auto pending = tools_.stream.own_pending(taken.front(), taken.back(), taken.size() + 1000);
  if (!pending) return false;
  std::map<std::string, std::int64_t> deliveries;
  for (const auto& entry : *pending.value) deliveries[entry.id] = entry.deliveries;
  for (const auto& id : taken) {
    const auto times = deliveries[id];
    auto& kind = times >= tools_.options.max_deliveries ? found.condemned
                 : times >= 2                           ? found.suspects[times]
                                                        : found.fresh;
    kind.push_back(id);
  }
  return true;
}

bool sweep::carry_batches(ids which) {
  while (!which.empty()) {
    auto entries = reader_.claim(which);
    if (!entries) return false;
    if (!carry_entries(tools_, carrier_, std::move(*entries.value))) return false;
  }
  return true;
}

bool sweep::carry_suspect(const std::string& id) {
  const std::lock_guard alone(tools_.one_suspect);
  return !stop_.requested() && carry_batches({id});
}

// XGROUP DELCONSUMER drops what a consumer holds without a trace: only empty ones, long silent.
void sweep::remove_dead_consumers() {
  const auto all = tools_.stream.consumers();
  if (!all) return;
  for (const auto& each : *all.value) {
    if (each.pending > 0 || each.idle < tools_.options.consumer_idle) continue;
    if (each.name == stream::released_consumer || each.name == tools_.stream.consumer()) continue;
    const auto dropped = tools_.stream.remove_consumer(each.name);
    if (dropped.value_or(0) > 0)
      tools_.log.error(
          "a removed consumer had pending entries; the net will bring them back",
          {{"consumer", each.name}, {"entries", *dropped}}
      );
    else if (dropped)
      tools_.log.debug("removed an idle consumer", {{"consumer", each.name}});
  }
}

}  // namespace trunkline::worker
