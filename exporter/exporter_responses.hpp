// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

#include "common/probes/probe_server.hpp"
#include "exporter/queue_sampler.hpp"

namespace trunkline::exporter {

// What waits for a worker: ready + pending + due retries. Absent when any of them is not known.
struct backlog {
  std::int64_t ready = 0, pending = 0, due = 0;
  bool at_least = false;  // counting of the retries stopped at its bound
  std::int64_t sum() const { return ready + pending + due; }
};
std::optional<backlog> backlog_of(const queue_samples&);

// What the exporter's listener answers. Pure.
probes::response answer_exporter(const queue_samples&, std::string_view path);

}  // namespace trunkline::exporter
