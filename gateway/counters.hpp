// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "common/metrics/histogram.hpp"
#include "common/signature/signature.hpp"
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

// Who signed: a scheme, or nobody that was proven.
inline constexpr std::size_t signer_count = 4;
constexpr std::size_t nobody = 0;
constexpr std::size_t index_of(signature::scheme which) {
  return static_cast<std::size_t>(which) + 1;
}

// Microseconds, about a sync of a disk each; the ack_seconds of the metrics.
inline constexpr std::array<std::int64_t, 14> ack_bounds = {
    250,   500,    1000,   2500,   5000,    10000,   25000,
    50000, 100000, 250000, 500000, 1000000, 2500000, 5000000};

// What one I/O thread did since the start.
struct figures {
  std::array<std::array<counter, outcome_count>, signer_count> outcomes;
  metrics::histogram<ack_bounds.size()> acks{ack_bounds};  // accepted only
  counter odd_types;    // accepted with a Content-Type that is not JSON
  counter in_flight;    // deliveries given to Redis and not answered yet
  counter connections;  // open now
  counter cleared;      // idle connections closed to make room for new ones

  void count(std::size_t signer, outcome what) { outcomes[signer][index_of(what)].add(); }
};

// Sums over all threads.
struct figures_sum {
  std::array<std::int64_t, outcome_count> outcomes{};
  std::array<std::array<std::int64_t, outcome_count>, signer_count> by_signer{};
  metrics::histogram_counts acks;
  std::int64_t odd_types = 0, in_flight = 0, connections = 0, cleared = 0;

  void add(const figures& one) {
    for (std::size_t s = 0; s < signer_count; ++s)
      for (std::size_t i = 0; i < outcome_count; ++i) {
        const auto n = one.outcomes[s][i].get();
        by_signer[s][i] += n;
        outcomes[i] += n;
      }
    acks.add(one.acks.read());
    odd_types += one.odd_types.get();
    in_flight += one.in_flight.get();
    connections += one.connections.get();
    cleared += one.cleared.get();
  }
};

}  // namespace trunkline::gateway
