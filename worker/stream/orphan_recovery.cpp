// SPDX-License-Identifier: Apache-2.0
#include "worker/stream/orphan_recovery.hpp"

#include <utility>

namespace trunkline::worker {
namespace {

constexpr int max_recovered = 16;  // XRANGE brings their bodies along

}  // namespace

orphan_recovery::orphan_recovery(totals& counts, std::chrono::milliseconds claim_after, logger log)
    : totals_(counts), claim_after_(claim_after), log_(std::move(log)) {}

void orphan_recovery::recover(delivery_stream& stream) {
  const std::lock_guard lock(mutex_);
  const auto head = stream.oldest_delivered(1);
  if (!head || head.value->empty()) return;
  const auto alone = stream.not_pending(*head.value);
  if (!alone) return;
  if (alone.value->empty()) return;
  const auto before = std::exchange(suspect_, alone.value->front());
  if (before != suspect_) return;

  // One is proven, so its neighbours in the same state are not waited for again.
  const auto all = stream.oldest_delivered(max_recovered);
  if (!all) return;
  const auto orphans = stream.not_pending(*all.value);
  if (!orphans || orphans.value->empty()) return;
  if (!stream.release(*orphans.value, claim_after_, true).empty()) return;
  totals_.orphans += orphans.value->size();
  log_.error(
      "entries were in the stream, delivered, and in nobody's pending list; brought back",
      {{"entries", orphans.value->size()}, {"entry_id", orphans.value->front()}}
  );
}

}  // namespace trunkline::worker
