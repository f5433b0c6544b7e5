// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// A number that one thread writes and any may read: no locked instruction on the way of a delivery.
class counter {
 public:
  void add(std::int64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::int64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// What one I/O thread did since the start.
struct figures {
  std::array<counter, outcome_count> outcomes;
  counter odd_types;    // accepted with a Content-Type that is not JSON
  counter in_flight;    // deliveries given to Redis and not answered yet
  counter connections;  // open now
  counter cleared;      // idle connections closed to make room for new ones

  void count(outcome what) { outcomes[index_of(what)].add(); }
};

// Sums over all threads.
struct figures_sum {
  std::array<std::int64_t, outcome_count> outcomes{};
  std::int64_t odd_types = 0, in_flight = 0, connections = 0, cleared = 0;

  void add(const figures& one) {
    for (std::size_t i = 0; i < outcome_count; ++i) outcomes[i] += one.outcomes[i].get();
    odd_types += one.odd_types.get();
    in_flight += one.in_flight.get();
    connections += one.connections.get();
    cleared += one.cleared.get();
  }
};

}  // namespace trunkline::gateway
