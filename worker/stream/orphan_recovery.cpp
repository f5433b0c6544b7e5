// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/orphan_recovery.hpp"

#include <utility>

namespace trunkline::worker {
namespace {

// Limits the bodies that XRANGE returns with the entries.
constexpr int max_recovered = 16;

}  // namespace

orphan_recovery::orphan_recovery(totals& counts, std::chrono::milliseconds claim_after, logger log)
    : totals_(counts), claim_after_(claim_after), log_(std::move(log)) {}

void orphan_recovery::recover(delivery_stream& stream) {
  const std::lock_guard lock(mutex_);
  const auto head = stream.oldest_delivered(1);
  if (!head || head.value->empty()) return;
  const auto orphan = stream.not_pending(*head.value);
  if (!orphan) return;
  if (orphan.value->empty()) return;
  const auto before = std::exchange(candidate_, orphan.value->front());
  if (before != candidate_) return;

  // One orphan is proven. The next entries in the same state are recovered with it.
  const auto oldest = stream.oldest_delivered(max_recovered);
  if (!oldest) return;
  const auto orphans = stream.not_pending(*oldest.value);
  if (!orphans || orphans.value->empty()) return;
  if (!stream.release(*orphans.value, claim_after_, true).empty()) return;
  totals_.orphans += orphans.value->size();
  log_.error(
      "orphaned entries recovered",
      {{"entries", orphans.value->size()}, {"entry_id", orphans.value->front()}}
  );
}

}  // namespace trunkline::worker
