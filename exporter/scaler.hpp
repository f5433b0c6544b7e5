// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>

#include "common/probes/probe_server.hpp"
#include "exporter/queue_sampler.hpp"

// The number that an autoscaler scales workers by.
namespace trunkline::exporter {

// Deliveries that wait for a worker.
struct backlog {
  std::int64_t ready = 0, pending = 0, due = 0;  // due: retries that are due
  bool at_least = false;                         // counting of retries stopped at its bound
  std::int64_t sum() const { return ready + pending + due; }
};
// Returns nullopt if any part of it is unknown.
std::optional<backlog> backlog_of(const queue_samples&);

// Return 503 if the backlog is unknown, so that an autoscaler keeps the number of workers.
probes::response scaler_json(const queue_samples&);
probes::response scaler_text(const queue_samples&);

}  // namespace trunkline::exporter
