// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/process/common_options.hpp"

// The worker processes as Redis knows them: those that live by their cards, those that ended
// without a word by the consumers that they left in the group.
namespace trunkline::admin {

struct worker_card {
  // state "gone": no card, but consumers that are silent; "": not known
  std::string id, host, version, state, reason;
  std::optional<std::int64_t> pid, threads, in_hand;
  std::optional<std::int64_t> started_ms, since_ms, seen_ms;  // since: in this state
  std::optional<double> rate;                                 // outcomes a second

  bool alive() const { return state != "gone"; }
};

struct worker_cards {
  std::vector<worker_card> workers;  // by id, the living first
  std::int64_t now_ms = 0;           // by Redis' clock
  std::string problem;               // not empty: Redis did not tell
};
worker_cards read_workers(const config::common_options&, std::chrono::milliseconds budget);

// What a consumer of the group tells: "host-pid-random-thread" -> the process; "" if it is none.
std::string process_of_consumer(const std::string& consumer);

}  // namespace trunkline::admin
