// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "admin/control/controls.hpp"

// The state of the whole pipeline, the verdict on it, and its JSON. Nothing here connects to a
// server. An absent value is unknown.
namespace trunkline::admin {

// Part of the process info of a gateway or a worker.
struct process_info {
  std::string id;
  std::string state;   // "running", "blocked", "unavailable", "starting", ...; "" if unknown
  std::string reason;  // of a blocked worker or an unavailable gateway
  std::optional<double> rate;  // outcomes per second over the last minute
  std::string durability;      // gateways only
};

struct redis_state {
  std::int64_t length = 0;  // entries of the stream
  std::optional<std::int64_t> pending = 0;
  std::optional<std::chrono::milliseconds> ready_age;          // of the oldest entry not read yet
  std::optional<std::chrono::milliseconds> pending_age;        // of the oldest pending entry
  std::optional<std::chrono::milliseconds> last_accepted_age;  // absent: never, or unknown
  bool ever_accepted_known = true;
  std::optional<double> accepted_rate;                          // per second, over the last minute
  std::optional<std::map<std::string, std::int64_t>> rejected;  // in the last hour, by reason
  std::optional<std::int64_t> consumers;
  std::optional<std::vector<process_info>> workers, gateways;
  std::optional<std::int64_t> used_memory, max_memory;  // bytes; max_memory 0: no limit
  // Settings; absent if this login may not read them.
  std::optional<std::string> appendonly, appendfsync, no_fsync_on_rewrite, policy;

  // Returns the number of entries that no worker has read yet.
  std::optional<std::int64_t> ready() const {
    if (!pending) return std::nullopt;
    return length > *pending ? length - *pending : 0;
  }
};

// Events in one state.
struct state_count {
  std::int64_t count = 0;
  bool at_least = false;                            // counting stopped at its bound
  std::optional<std::chrono::milliseconds> oldest;  // time since it was received
};
struct postgres_state {
  state_count retrying, dead;
  state_count due;                                      // retrying events that are due
  std::optional<std::chrono::milliseconds> next_retry;  // negative if it is overdue
  std::optional<pause_state> pause;
};

struct queue_report {
  std::optional<redis_state> redis;
  std::optional<postgres_state> postgres;
  std::vector<std::string> unknown;  // what could not be read, and why
};

struct queue_limits {
  std::optional<std::chrono::milliseconds> max_age;  // of anything accepted and unfinished
  std::optional<std::int64_t> max_depth;             // ready + pending + retrying
};

enum class queue_status { ok, warning, critical, unknown };

struct verdict_reason {
  std::string code;     // stable: "no_worker", "dead_letters"
  std::string words;    // "no worker is running"; "" if the summary has the number already
  std::string command;  // of the next step, "trunkline doctor"; "" if there is none
};

struct queue_verdict {
  queue_status status = queue_status::ok;
  std::string summary;  // "0 waiting, 0 retrying, 0 dead"
  std::vector<verdict_reason> reasons;
};
queue_verdict judge(const queue_report&, const queue_limits&);

// Returns "ok", "warning", "critical" or "unknown".
std::string to_string(queue_status);
// Returns the verdict in one line: "WARNING: 0 waiting, ...; no worker is running; run '...'".
std::string describe(const queue_verdict&);

// Returns the settled entries per second of all workers, or nullopt if one of them does not report
// its rate.
std::optional<double> settled_rate(const redis_state&);

std::string as_json(const queue_report&, const queue_verdict&);

}  // namespace trunkline::admin
