// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/dependency_wait.hpp"
#include "worker/stream/delivery_stream.hpp"
#include "worker/stream/in_flight_entries.hpp"

namespace trunkline::worker {

// Settles entries after the commit of their outcomes. Waits while Redis is unavailable, because
// entries that are not settled are applied again.
class settler {
 public:
  settler(
      delivery_stream&, in_flight_entries&, dependency_wait& redis_wait, stop_signal&,
      std::chrono::milliseconds probe_interval_max
  );
  // Returns without success only after the drain timeout. The entries are then redelivered.
  void settle(const ids&);

 private:
  delivery_stream& stream_;
  in_flight_entries& in_flight_;
  dependency_wait& redis_wait_;
  stop_signal& stop_;
  const std::chrono::milliseconds probe_interval_max_;
};

}  // namespace trunkline::worker
