// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>

#include "worker/process/shared_state.hpp"
#include "worker/stream/in_flight_entries.hpp"

namespace trunkline::worker {

// One thread of the worker: reads a batch, applies it, settles it, and then runs at most one batch
// of due retries. Has its own connections to Redis and PostgreSQL.
class consumer {
 public:
  // name: the name of the Redis consumer, globally unique (host-pid-random-thread).
  consumer(shared_state&, int thread, const std::string& name);
  ~consumer();

  // Runs until a stop is requested, then releases pending entries and removes the Redis consumer.
  void run();

  const std::string& name() const;
  const in_flight_entries& in_flight() const;
  std::size_t in_flight_count() const;
  // For the watchdog, which calls interrupt() and busy_since() only.
  store::event_store& store() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::worker
