// SPDX-License-Identifier: Apache-2.0
#include "worker/process/watchdog.hpp"

#include <unistd.h>

#include "common/process/exit_codes.hpp"

namespace trunkline::worker {
namespace {

constexpr std::chrono::seconds exit_grace{5};
// Estimates of the calls between two heartbeats of a thread, each of which may take its full
// timeout.
constexpr int calls_per_transaction = 20, redis_calls_per_cycle = 4;

}  // namespace

void exit_if_drain_overdue(const shared_state& shared) {
  if (!shared.stop.expired(exit_grace)) return;
  shared.log.error("drain timeout exceeded: exiting");
  _exit(static_cast<int>(exit_code::failed));
}

watchdog::watchdog(shared_state& shared, const std::vector<std::unique_ptr<consumer>>& consumers)
    : shared_(shared), consumers_(consumers), interrupted_(consumers.size()) {}

void watchdog::check() {
  const auto now = std::chrono::steady_clock::now();
  const auto limit = shared_.options.postgres_statement_timeout + shared_.options.watchdog_grace;
  for (std::size_t i = 0; i < consumers_.size(); ++i) {
    const auto since = consumers_[i]->store().busy_since();
    if (!since || *since == interrupted_[i]) continue;
    const bool in_time = now - *since < limit;
    // A transaction may have many statements, so that a recent statement is a heartbeat.
    if (in_time) shared_.status.heartbeat(static_cast<int>(i));
    if (in_time && !shared_.stop.expired()) continue;
    interrupted_[i] = *since;
    consumers_[i]->store().interrupt();
    shared_.log.warn(
        "PostgreSQL call timed out: connection closed",
        {{"thread", i},
         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(now - *since).count()}}
    );
  }
}

bool watchdog::all_responsive() {
  const auto& options = shared_.options;
  const auto limit =
      calls_per_transaction * (options.postgres_statement_timeout + options.watchdog_grace) +
      redis_calls_per_cycle * options.redis_timeout + options.block + options.outage_backoff_max;
  // A drain has its own timeout.
  if (shared_.stop.requested()) return true;
  if (shared_.status.all_responsive_since(std::chrono::steady_clock::now() - limit)) return true;
  if (!logged_) shared_.log.error("thread unresponsive: watchdog notifications stopped");
  logged_ = true;
  return false;
}

}  // namespace trunkline::worker
