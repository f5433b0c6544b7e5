// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/process/common_options.hpp"

// The worker processes that Redis knows: running ones by their process info, ended ones by the
// consumers that they left in the group.
namespace trunkline::admin {

struct worker_process {
  // state: as the worker publishes it. "gone": it has consumers, but neither process info nor
  // recent reads. "": unknown.
  std::string id, host, version, state, reason;
  std::optional<std::int64_t> pid, threads, in_flight;
  std::optional<std::int64_t> started_ms, seen_ms;
  std::optional<std::int64_t> since_ms;  // start of the state
  std::optional<double> rate;            // outcomes per second

  bool alive() const { return state != "gone"; }
};

struct worker_processes {
  std::vector<worker_process> workers;  // by id, running ones first
  std::int64_t now_ms = 0;              // by the clock of Redis
  std::string problem;                  // not empty: Redis could not be read
};
worker_processes read_workers(const config::common_options&, std::chrono::milliseconds budget);

// Returns the time since `then`, which may be ahead of the clock of Redis, or nullopt if it is
// unknown.
std::optional<std::chrono::milliseconds> age(
    const worker_processes&, std::optional<std::int64_t> then
);

// Returns the process of a consumer: "host-pid-random" of "host-pid-random-thread"; "" if the name
// has another form.
std::string process_of_consumer(const std::string& consumer);

std::string as_json(const worker_processes&);

}  // namespace trunkline::admin
