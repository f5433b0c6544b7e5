// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "common/log/log.hpp"
#include "common/redis/client.hpp"
#include "store/events/event_store.hpp"
#include "worker/process/interval_gate.hpp"

namespace trunkline::worker {

// A minute of counters as Redis stores it: names and values.
using minute_hash = std::vector<std::pair<std::string, std::string>>;

// Adds the gateways' counters per minute from Redis to PostgreSQL, every ten seconds, in one worker
// at a time. The next run repeats what failed.
class counter_rollup {
 public:
  counter_rollup(redis::client&, store::event_store&, interval_gate& due, std::string ns, logger);
  // Returns an error of PostgreSQL, or nullopt if the counters were added or the run was not due.
  std::optional<store::store_error> run();

 private:
  std::optional<std::vector<minute_hash>> read_minutes(std::int64_t first, std::int64_t last);

  redis::client& client_;
  store::event_store& store_;
  interval_gate& due_;
  const std::string namespace_;
  logger log_;
};

// Returns the counters of consecutive minutes that begin with first. A minute is marked "at_least"
// if a gateway was open in it, is in no later minute, and did not close: it may have lost counters.
std::vector<store::minute_counter> counters_from(
    std::int64_t first, const std::vector<minute_hash>& minutes, std::int64_t now
);

}  // namespace trunkline::worker
