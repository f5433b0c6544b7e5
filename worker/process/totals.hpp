// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>

#include "worker/process/metrics.hpp"

namespace trunkline::worker {

// Counts of this process since its start. An entry or a retry with an outcome is in exactly one of
// the first six.
struct totals {
  std::atomic<std::uint64_t> processed{0}, ignored{0}, duplicates{0}, redelivered{0}, retrying{0},
      dead{0};
  // Entries released without an outcome.
  std::atomic<std::uint64_t> released{0};
  // Pending entries that were deleted from the stream. Above 0 is an alarm.
  std::atomic<std::uint64_t> lost{0};
  // Entries returned by orphan recovery. Above 0 is an alarm.
  std::atomic<std::uint64_t> orphans{0};
  // Batches under the exclusive structure lock.
  std::atomic<std::uint64_t> restructures{0};
  worker_metrics metrics;

  std::uint64_t outcomes() const {
    return processed + ignored + duplicates + redelivered + retrying + dead;
  }
};

}  // namespace trunkline::worker
