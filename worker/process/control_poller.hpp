// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/dependency_wait.hpp"
#include "worker/process/consumer.hpp"
#include "worker/stream/delivery_stream.hpp"

namespace trunkline::worker {

// What operators ask of this process, as one of its threads: `trunkline pause`, `resume` and
// `workers drain` write it into Postgres, and some thread looks once a second. Nobody looks in the
// middle of a batch: what is in hand is finished first.
class steering {
 public:
  steering(shared_parts&, store::event_store&, deliveries&, hold& redis, hold& postgres);

  // Asks now, however lately somebody did. nullopt: done.
  std::optional<store::store_error> ask();
  enum class wish { work, idle, wait };  // wait: Postgres did not tell, see error()
  wish look();
  const std::optional<store::store_error>& error() const { return error_; }

  // Nothing is read or leased in a pause, but both servers are looked at, for readiness. Returns
  // after a part of a second.
  void idle();

 private:
  shared_parts& shared_;
  store::event_store& store_;
  deliveries& stream_;
  hold& redis_hold_;
  hold& postgres_hold_;
  gate redis_due_;
  std::optional<store::store_error> error_;
};

}  // namespace trunkline::worker
