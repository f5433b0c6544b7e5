// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/log/log.hpp"
#include "store/events/event_store.hpp"
#include "worker/process/log_limit.hpp"
#include "worker/process/totals.hpp"

namespace trunkline::worker {

// Returns the outcome of a committed event from the parser's verdict.
store::outcome outcome_of(parse::verdict);

// Counts and logs outcomes: each outcome at debug, dead letters at warn with a limit per minute.
// All threads of a process share one recorder.
class outcome_recorder {
 public:
  outcome_recorder(totals&, logger);

  void applied(const store::prepared_event&, store::outcome);
  // Records a retry that was applied.
  void retried(const store::leased_event&);
  // Records a counted failure: retrying, or dead after the last attempt.
  void failed(
      const store::prepared_event&, int attempts, store::outcome, const store::store_error& why
  );
  void dead_lettered(const store::prepared_event&, store::outcome, const std::string& reason);
  void dead_lettered(const store::expired_retry&);

 private:
  void count(const store::prepared_event&, store::outcome);
  void log_outcome(const store::prepared_event&, std::string_view outcome);
  void log_dead_letter(
      const std::string& entry_id, const std::string& delivery_id, const std::string& reason
  );

  totals& totals_;
  logger log_;
  log_limit dead_letters_{20, std::chrono::minutes(1)};
};

}  // namespace trunkline::worker
