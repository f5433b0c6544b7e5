// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/process/exit_codes.hpp"
#include "admin/control/controls.hpp"

// The state of the whole pipe as `trunkline queue` tells it: what was read, what follows from it,
// and its two forms. Pure: no servers here. An absent value is not known, and is told as such.
namespace trunkline::admin {

struct process_card {
  std::string id;
  // "running", "holding", "unavailable", "starting", "draining"; "" if the card does not say
  std::string state;
  std::string reason;          // why it holds or refuses
  std::optional<double> rate;  // outcomes a second over the last minute
  std::string durability;      // gateways only: what Redis was found to promise, and the setting
};

// The part that Redis tells.
struct redis_state {
  std::int64_t length = 0;                                     // entries accepted and unsettled
  std::optional<std::int64_t> pending = 0;                     // of them in hand
  std::optional<std::chrono::milliseconds> ready_age;          // of the oldest entry not read yet
  std::optional<std::chrono::milliseconds> pending_age;        // of the oldest entry in hand
  std::optional<std::chrono::milliseconds> last_accepted_age;  // absent: never, or not known
  bool ever_accepted_known = true;
  std::optional<double> accepted_rate;                         // a second, over the last minute
  std::optional<std::map<std::string, std::int64_t>> refused;  // of the last hour, by reason
  std::optional<std::int64_t> consumers;                       // worker threads in the group
  std::optional<std::vector<process_card>> workers, gateways;
  std::optional<std::int64_t> used_memory, max_memory;     // bytes; max 0: no limit
  std::optional<std::string> appendonly, appendfsync;      // absent: CONFIG is refused
  std::optional<std::string> no_fsync_on_rewrite, policy;  // the same

  std::optional<std::int64_t> ready() const {
    if (!pending) return std::nullopt;
    return length > *pending ? length - *pending : 0;
  }
};

// Event rows in one unfinished or dead state.
struct state_count {
  std::int64_t count = 0;
  bool at_least = false;                            // counting stopped at the bound
  std::optional<std::chrono::milliseconds> oldest;  // since it was received
};
struct postgres_state {
  state_count retrying, dead;
  state_count due;  // of the retrying, those whose time has come, in hand or not
  std::optional<std::chrono::milliseconds> next_retry;  // until the next is due; negative: overdue
  std::optional<pause_state> pause;                     // nothing is applied
};

struct queue_limits {
  std::optional<std::chrono::milliseconds> max_age;  // of anything accepted and unfinished
  std::optional<std::int64_t> max_depth;             // ready + pending + retrying
};

struct queue_report {
  std::optional<redis_state> redis;
  std::optional<postgres_state> postgres;
  std::vector<std::string> unknown;  // what could not be read and why: "Redis does not answer: ..."
};

struct queue_verdict {
  exit_code code = exit_code::ok;
  std::string line;  // "OK: ...", "WATCH: ...", "LIMIT: ...", "UNKNOWN: ..."
};
queue_verdict judge(const queue_report&, const queue_limits&);

// Settled entries per second over all workers, or nullopt if one of them does not report a rate.
std::optional<double> settled_rate(const redis_state&);

std::string as_json(const queue_report&, const queue_verdict&);

}  // namespace trunkline::admin
