// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/process/consumer.hpp"

namespace trunkline::worker {

// Interval of the checks that main schedules.
inline constexpr std::chrono::milliseconds check_interval{50};

// Exits if the process still runs well after the drain timeout, for example because a library call
// hangs. Other workers reclaim its entries.
void exit_if_drain_overdue(const shared_state&);

// Interrupts PostgreSQL calls that hang. libpq blocks on a frozen server despite its timeouts. A
// call without a new statement for postgres_statement_timeout + watchdog_grace, or beyond the drain
// timeout, loses its socket and fails as a lost connection.
class watchdog {
 public:
  watchdog(shared_state&, const std::vector<std::unique_ptr<consumer>>&);
  // Is called several times per second.
  void check();
  // Returns whether every thread is responsive. A thread in an endless loop is not. The supervisor
  // then ends the process, and the event that caused the loop counts as crashing its worker.
  bool all_responsive();

 private:
  using time = std::chrono::steady_clock::time_point;

  shared_state& shared_;
  const std::vector<std::unique_ptr<consumer>>& consumers_;
  // By consumer: the call that was interrupted, so that it is interrupted once.
  std::vector<time> interrupted_;
  bool logged_ = false;
};

}  // namespace trunkline::worker
