// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/dependency_wait.hpp"
#include "worker/process/consumer.hpp"
#include "worker/stream/delivery_stream.hpp"

namespace trunkline::worker {

// What operators ask of this process, as one of its threads: `trunkline pause`, `resume` and
// `workers drain` write it into Postgres, and some thread looks once a second. Nobody looks in the
// middle of a batch: what is in hand is finished first.
class control_poller {
 public:
  control_poller(
      shared_state&, store::event_store&, delivery_stream&, dependency_wait& redis_wait,
      dependency_wait& postgres_wait
  );

  // Asks now, however lately somebody did. nullopt: done.
  std::optional<store::store_error> fetch();
  enum class mode { apply, paused, unknown };  // wait: Postgres did not tell, see error()
  mode poll();
  const std::optional<store::store_error>& error() const { return error_; }

  // Nothing is read or leased in a pause, but both servers are looked at, for readiness. Returns
  // after a part of a second.
  void wait_while_paused();

 private:
  shared_state& shared_;
  store::event_store& store_;
  delivery_stream& stream_;
  dependency_wait& redis_wait_;
  dependency_wait& postgres_wait_;
  interval_gate redis_due_;
  std::optional<store::store_error> error_;
};

}  // namespace trunkline::worker
