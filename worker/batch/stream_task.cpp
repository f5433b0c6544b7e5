// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/stream_task.hpp"

#include <span>

#include "worker/batch/retry_backoff.hpp"

namespace trunkline::worker {

bool entry_work::give_back(const std::vector<isolation::slice>& slices) {
  ids which;
  for (const auto& slice : slices)
    for (std::size_t i = 0; i < slice.count; ++i) which.push_back(entry_id(slice.first + i));
  if (which.empty()) return true;
  tools_.held.remove(which);
  const auto problem = tools_.stream.give_back(which, tools_.options.claim_after);
  if (!problem.empty()) {
    // Nobody refreshes them any more: they are claimed when they have been idle long enough.
    tools_.log.warn("could not give entries back", {{"entries", which.size()}, {"error", problem}});
    return false;
  }
  tools_.counts.given_back += which.size();
  tools_.log.debug("gave entries back", {{"entries", which.size()}});
  return true;
}

void entry_work::abandon(std::size_t index, const store::store_error& why) {
  tools_.held.remove({entry_id(index)});
  tools_.log.error(
      "a delivery could not be recorded; it stays in the stream and is tried again",
      {{"entry_id", entry_id(index)}, {"errc", why.sqlstate}, {"error", why.message}}
  );
}

std::optional<store::store_error> stream_work::apply(const isolation::slice& slice) {
  const std::span<const store::prepared_event> part(batch_.data() + slice.first, slice.count);
  store::apply_stats stats;
  const auto began = std::chrono::steady_clock::now();
  const auto outcomes = tools_.store.apply(part, &stats);
  if (!outcomes) {
    if (outcomes.error().kind == store::store_error_kind::in_doubt)
      for (const auto& event : part) in_doubt_.insert(event.entry_id);
    return outcomes.error();
  }
  const auto took = std::chrono::steady_clock::now() - began;
  tools_.counts.metrics.batch(slice.count, took);
  if (stats.restructured) ++tools_.counts.restructures;

  ids settled;
  for (std::size_t i = 0; i < part.size(); ++i) {
    tools_.book.applied(part[i], told(part[i], (*outcomes)[i], stats));
    settled.push_back(part[i].entry_id);
  }
  tools_.log.debug(
      "committed", {{"entries", slice.count},
                    {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}}
  );
  tools_.settle.settle(settled);
  return std::nullopt;
}

// The second try finds the rows of its own first one: they are its outcome, not a redelivery.
store::outcome stream_work::told(
    const store::prepared_event& event, store::outcome what, const store::apply_stats& stats
) const {
  if (what != store::outcome::redelivered || !in_doubt_.contains(event.entry_id)) return what;
  const bool copy = stats.copies.contains(event.entry_id);
  return copy ? store::outcome::duplicate : outcome_of(event.event.what);
}

std::optional<store::store_error> stream_work::count_failure(
    std::size_t index, const store::store_error& why
) {
  const auto& event = batch_[index];
  const auto& limits = tools_.options;
  const auto delay = backoff(1, limits.retry_base, limits.retry_cap, tools_.random());
  const auto recorded = tools_.store.fail(event, why, delay, limits.max_attempts);
  if (!recorded) return recorded.error();
  if (*recorded == store::outcome::duplicate || *recorded == store::outcome::redelivered)
    tools_.book.applied(event, *recorded);
  else
    tools_.book.failed(event, 1, *recorded, why);
  tools_.settle.settle({event.entry_id});
  return std::nullopt;
}

std::optional<store::store_error> burial_work::apply(const isolation::slice& slice) {
  const auto& [event, reason] = graves_[slice.first];
  const auto buried = tools_.store.insert_dead_letter(event, reason);
  if (!buried) return buried.error();
  tools_.book.buried(event, *buried, reason);
  tools_.settle.settle({event.entry_id});
  return std::nullopt;
}

}  // namespace trunkline::worker
