// SPDX-License-Identifier: Apache-2.0
#include "worker/process/watchdog.hpp"

#include <unistd.h>

#include "common/process/exit_codes.hpp"

namespace trunkline::worker {
namespace {

constexpr std::chrono::seconds last_grace{5};
// Each may take as long as one may; seldom do two.
constexpr int calls_of_a_transaction = 20, redis_calls_of_a_turn = 4;

}  // namespace

void exit_if_drain_overdue(const shared_state& shared) {
  if (!shared.stop.expired(last_grace)) return;
  shared.log.error("still here well past the drain limit; leaving by force");
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
    const bool fresh = now - *since < limit;
    if (fresh)
      shared_.status.heartbeat(static_cast<int>(i));  // a transaction may have many statements
    if (fresh && !shared_.stop.expired()) continue;
    interrupted_[i] = *since;
    consumers_[i]->store().interrupt();
    shared_.log.warn(
        "a Postgres call hangs; its connection is cut",
        {{"thread", i},
         {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(now - *since).count()}}
    );
  }
}

bool watchdog::all_responsive() {
  const auto& options = shared_.options;
  const auto limit =
      calls_of_a_transaction * (options.postgres_statement_timeout + options.watchdog_grace) +
      redis_calls_of_a_turn * options.redis_timeout + options.block + options.outage_backoff_max;
  // A drain has a limit of its own.
  if (shared_.stop.requested()) return true;
  if (shared_.status.all_responsive_since(std::chrono::steady_clock::now() - limit)) return true;
  if (!told_)
    shared_.log.error("a thread stands still; the supervisor's watchdog will end this process");
  told_ = true;
  return false;
}

}  // namespace trunkline::worker
