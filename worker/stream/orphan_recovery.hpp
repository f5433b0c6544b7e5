// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mutex>
#include <string>

#include "common/log/log.hpp"
#include "worker/process/totals.hpp"
#include "worker/stream/delivery_stream.hpp"

namespace trunkline::worker {

// Recovers orphaned entries: the group has delivered them, they are still in the stream, and no
// pending list contains them. A partial settlement or the removal of a consumer with pending
// entries leaves them in that state. An entry that is orphaned at the head of the stream in two
// calls becomes pending for "released". O(1) without orphans. Shared by the threads of a process.
class orphan_recovery {
 public:
  orphan_recovery(totals&, std::chrono::milliseconds claim_after, logger);
  void recover(delivery_stream&);

 private:
  totals& totals_;
  const std::chrono::milliseconds claim_after_;
  logger log_;
  std::mutex mutex_;
  // The orphan of the last call. Its settlement may have been in progress.
  std::string candidate_;
};

}  // namespace trunkline::worker
