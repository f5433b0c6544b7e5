// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mutex>
#include <string>

#include "common/log/log.hpp"
#include "worker/process/thread_status.hpp"
#include "worker/stream/delivery_stream.hpp"

namespace trunkline::worker {

// The net below: an entry that the group has delivered, that is still in the stream and in nobody's
// pending list would wait for ever (half a settlement, a consumer removed with what it held). Seen
// at the head of the stream in two sweeps, it is brought back as pending for "released". O(1) while
// there is none. Shared by the threads of a process.
class orphan_recovery {
 public:
  orphan_recovery(totals&, std::chrono::milliseconds claim_after, logger);
  void recover(delivery_stream&);

 private:
  totals& totals_;
  const std::chrono::milliseconds claim_after_;
  logger log_;
  std::mutex mutex_;
  std::string suspect_;  // seen once: its settlement may be under way
};

}  // namespace trunkline::worker
