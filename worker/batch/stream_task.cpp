// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/stream_task.hpp"

#include <span>

#include "worker/batch/outcome_recorder.hpp"
#include "worker/batch/retry_backoff.hpp"
#include "worker/stream/in_flight_entries.hpp"
#include "worker/stream/settler.hpp"

namespace trunkline::worker {

bool stream_task::release(const std::vector<batch_bisection::slice>& slices) {
  ids released;
  for (const auto& slice : slices)
    for (std::size_t i = 0; i < slice.count; ++i) released.push_back(entry_id(slice.first + i));
  if (released.empty()) return true;
  context_.in_flight.remove(released);
  const auto error = context_.stream.release(released, context_.options.claim_after);
  if (!error.empty()) {
    // Their claims are not refreshed any more: they are reclaimed after --claim-after.
    context_.log.warn("release failed", {{"entries", released.size()}, {"error", error}});
    return false;
  }
  context_.counts.released += released.size();
  context_.log.debug("entries released", {{"entries", released.size()}});
  return true;
}

void stream_task::abandon(std::size_t index, const store::store_error& why) {
  context_.in_flight.remove({entry_id(index)});
  context_.log.error(
      "outcome not recorded; entry stays in the stream",
      {{"entry_id", entry_id(index)}, {"errc", why.sqlstate}, {"error", why.message}}
  );
}

std::optional<store::store_error> delivery_task::apply(const batch_bisection::slice& slice) {
  const std::span<const store::prepared_event> part(batch_.data() + slice.first, slice.count);
  store::apply_stats stats;
  const auto began = std::chrono::steady_clock::now();
  const auto outcomes = context_.store.apply(part, &stats);
  if (!outcomes) {
    if (outcomes.error().kind == store::store_error_kind::in_doubt)
      for (const auto& event : part) in_doubt_.insert(event.entry_id);
    return outcomes.error();
  }
  const auto took = std::chrono::steady_clock::now() - began;
  context_.counts.metrics.batch(slice.count, took);
  if (stats.restructured) ++context_.counts.restructures;

  ids settled;
  for (std::size_t i = 0; i < part.size(); ++i) {
    context_.outcomes.applied(part[i], final_outcome(part[i], (*outcomes)[i], stats));
    settled.push_back(part[i].entry_id);
  }
  context_.log.debug(
      "committed", {{"entries", slice.count},
                    {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}}
  );
  context_.settle.settle(settled);
  return std::nullopt;
}

// After a COMMIT in doubt, the second attempt finds the rows of the first. They are its outcome,
// not a redelivery.
store::outcome delivery_task::final_outcome(
    const store::prepared_event& event, store::outcome outcome, const store::apply_stats& stats
) const {
  if (outcome != store::outcome::redelivered || !in_doubt_.contains(event.entry_id)) return outcome;
  const bool copy = stats.copies.contains(event.entry_id);
  return copy ? store::outcome::duplicate : outcome_of(event.event.what);
}

std::optional<store::store_error> delivery_task::record_failure(
    std::size_t index, const store::store_error& why
) {
  const auto& event = batch_[index];
  const auto& limits = context_.options;
  const auto delay = backoff(1, limits.retry_base, limits.retry_cap, context_.random());
  const auto recorded = context_.store.fail(event, why, delay, limits.max_attempts);
  if (!recorded) return recorded.error();
  if (*recorded == store::outcome::duplicate || *recorded == store::outcome::redelivered)
    context_.outcomes.applied(event, *recorded);
  else
    context_.outcomes.failed(event, 1, *recorded, why);
  context_.settle.settle({event.entry_id});
  return std::nullopt;
}

std::optional<store::store_error> dead_letter_task::apply(const batch_bisection::slice& slice) {
  const auto& [event, reason] = dead_letters_[slice.first];
  const auto outcome = context_.store.insert_dead_letter(event, reason);
  if (!outcome) return outcome.error();
  context_.outcomes.dead_lettered(event, *outcome, reason);
  context_.settle.settle({event.entry_id});
  return std::nullopt;
}

}  // namespace trunkline::worker
