// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "worker/batch/dependency_wait.hpp"
#include "worker/stream/delivery_stream.hpp"
#include "worker/stream/in_flight_entries.hpp"

namespace trunkline::worker {

// Takes entries with an outcome off the stream, after the commit that made it. While Redis is away
// it waits: what it could not settle would only be applied again, but the thread has nothing better
// to do.
class settler {
 public:
  settler(
      delivery_stream&, in_flight_entries&, dependency_wait& redis_wait, stop_signal&,
      std::chrono::milliseconds probe_interval_max
  );
  // Gives up only when the drain limit has passed; the entries then come back as redeliveries.
  void settle(const ids&);

 private:
  delivery_stream& stream_;
  in_flight_entries& in_flight_;
  dependency_wait& redis_wait_;
  stop_signal& stop_;
  const std::chrono::milliseconds probe_interval_max_;
};

}  // namespace trunkline::worker
