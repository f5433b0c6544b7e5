// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/log/log.hpp"
#include "store/events/event_store.hpp"
#include "worker/process/log_limit.hpp"
#include "worker/process/thread_status.hpp"

namespace trunkline::worker {

// What the parser decided, as the outcome of an event whose row was committed.
store::outcome outcome_of(parse::verdict);

// Counts outcomes and tells of them: every one at debug, dead letters at warn, a few a minute.
// Shared by the threads of a process.
class outcome_recorder {
 public:
  outcome_recorder(totals&, logger);

  void applied(const store::prepared_event&, store::outcome);
  void retried(const store::leased_event&);  // a retry went through
  // A counted failure: retrying, or dead if it was the last one.
  void failed(
      const store::prepared_event&, int attempts, store::outcome, const store::store_error& why
  );
  void dead_lettered(const store::prepared_event&, store::outcome, const std::string& reason);
  void dead_lettered(const store::expired_retry&);

 private:
  void count(const store::prepared_event&, store::outcome);
  void log_dead_letter(const store::prepared_event&, const std::string& reason);
  void log_dead_letter(
      const std::string& entry_id, const std::string& delivery_id, const std::string& reason
  );
  void log_outcome(const store::prepared_event&, std::string_view outcome);

  totals& totals_;
  logger log_;
  log_limit dead_letters_{20, std::chrono::minutes(1)};
};

}  // namespace trunkline::worker
