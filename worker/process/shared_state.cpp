// SPDX-License-Identifier: Apache-2.0
#include "worker/process/shared_state.hpp"

#include "common/process/supervisor.hpp"

namespace trunkline::worker {
namespace {

constexpr std::chrono::seconds control_poll_interval{1};
constexpr std::chrono::seconds rollup_interval{10};

}  // namespace

shared_state::shared_state(
    const worker_options& settings, std::string process_id, const logger& logs
)
    : options(settings),
      id(std::move(process_id)),
      log(logs),
      status(settings.threads),
      stop(settings.drain_timeout),
      outcomes(counts, logs),
      orphans(counts, settings.claim_after, logs),
      reclaim_due(settings.reclaim_interval),
      retry_poll_due(settings.retry_poll_interval),
      controls_due(control_poll_interval),
      rollup_due(rollup_interval) {}

void shared_state::drain() {
  supervisor::notify("STOPPING=1");
  status.drain();
  stop.request();
}

}  // namespace trunkline::worker
