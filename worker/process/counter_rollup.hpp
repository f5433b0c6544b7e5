// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/log/log.hpp"
#include "common/redis/client.hpp"
#include "store/events/event_store.hpp"
#include "worker/process/interval_gate.hpp"

namespace trunkline::worker {

// The figures of the gateways, which leave no row, from Redis' minutes into Postgres: by one worker
// of all, each ten seconds. Off the way of deliveries; what can't be done is left to the next turn.
class counter_rollup {
 public:
  counter_rollup(redis::client&, store::event_store&, interval_gate& due, std::string ns, logger);
  // nullopt: done, or not our turn.
  std::optional<store::store_error> run();

 private:
  redis::client& client_;
  store::event_store& store_;
  interval_gate& due_;
  const std::string namespace_;
  logger log_;
};

// A minute as Redis has it: names and values.
using minute_hash = std::vector<std::pair<std::string, std::string>>;
// Of the minutes from first on, one after another: what is to be folded. A gateway that was there,
// is not in any later minute and did not say goodbye took figures with it: "at_least".
std::vector<store::minute_counter> counters_from(
    std::int64_t first, const std::vector<minute_hash>& minutes, std::int64_t now
);

}  // namespace trunkline::worker
