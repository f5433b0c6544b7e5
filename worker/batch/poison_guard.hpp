// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <mutex>
#include <string>

namespace trunkline::worker {

// Finds events that crash workers. Redis counts the deliveries of an entry, PostgreSQL the claims
// of a retry. A live worker refreshes its claims and releases without counting, so that each count
// after the first is a crash.
//   first delivery             processed in a batch
//   a later delivery           a suspect, processed alone and settled before the next
//   max_deliveries             exhausted: a dead letter that is not processed again
enum class delivery_state { first_delivery, suspect, exhausted };
delivery_state assess_deliveries(std::int64_t deliveries, int max_deliveries);

// Returns the reason of dead letters that are exhausted.
std::string exhausted_reason(int max_deliveries);

// Admits one suspect of a process at a time, so that its crash is counted for no other suspect.
// Thread-safe.
class poison_guard {
 public:
  // Waits until no other thread processes a suspect.
  [[nodiscard]] std::unique_lock<std::mutex> admit_suspect() { return std::unique_lock(mutex_); }
  // Returns a lock that owns nothing if another thread processes a suspect.
  [[nodiscard]] std::unique_lock<std::mutex> try_admit_suspect() {
    return {mutex_, std::try_to_lock};
  }

 private:
  std::mutex mutex_;
};

}  // namespace trunkline::worker
