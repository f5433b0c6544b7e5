// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/process/consumer.hpp"

namespace trunkline::worker {

// How often the tickers of main look at what they watch.
inline constexpr std::chrono::milliseconds check_interval{50};

// Ends the process if it is still there well past the drain limit, whatever hangs (a resolver, a
// library): what it holds is claimed by others.
void exit_if_drain_overdue(const shared_state&);

// libpq stays blocked on a server that is frozen, whatever its timeouts say. A call that has
// sent nothing for statement_timeout + watchdog_grace loses its socket and returns as a lost
// connection; so does one that outlives the drain limit.
class watchdog {
 public:
  watchdog(shared_state&, const std::vector<std::unique_ptr<consumer>>&);
  void check();  // several times a second
  // No thread stands still outside of such calls, in a loop without end say. Else the supervisor's
  // watchdog should end us: an event that did it has then claimed_page its worker down.
  bool all_responsive();

 private:
  using time = std::chrono::steady_clock::time_point;

  shared_state& shared_;
  const std::vector<std::unique_ptr<consumer>>& consumers_;
  std::vector<time>
      interrupted_;  // of each: the call that was interrupted, so that it is done once
  bool told_ = false;
};

}  // namespace trunkline::worker
