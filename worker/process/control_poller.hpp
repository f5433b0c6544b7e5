// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/dependency_wait.hpp"
#include "worker/process/shared_state.hpp"
#include "worker/stream/delivery_stream.hpp"

namespace trunkline::worker {

// Reads the operator's controls from PostgreSQL for one thread: `trunkline pause`, `resume` and
// `workers drain` write them. One thread of the process reads them once per second, between
// batches.
class control_poller {
 public:
  control_poller(
      shared_state&, store::event_store&, delivery_stream&, dependency_wait& redis_wait,
      dependency_wait& postgres_wait
  );

  // unknown: PostgreSQL failed, see error().
  enum class mode { apply, paused, unknown };
  // Returns the mode. Reads the controls if that is due, or if the worker is paused and blocked.
  mode poll();
  const std::optional<store::store_error>& error() const { return error_; }

  // Waits for a fraction of a second during a pause, and checks both servers for readiness. Nothing
  // is read or leased.
  void wait_while_paused();

 private:
  std::optional<store::store_error> fetch();

  shared_state& shared_;
  store::event_store& store_;
  delivery_stream& stream_;
  dependency_wait& redis_wait_;
  dependency_wait& postgres_wait_;
  interval_gate redis_check_due_;
  std::optional<store::store_error> error_;
};

}  // namespace trunkline::worker
