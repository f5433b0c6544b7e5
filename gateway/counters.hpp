// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "common/metrics/histogram.hpp"
#include "common/signature/signature.hpp"
#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// A number that one thread writes and any thread may read, without a locked instruction on the path
// of a delivery.
class counter {
 public:
  void add(std::int64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::int64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// The scheme whose signature was verified, or none.
enum class signer : std::size_t { none, hex, legacy, standard };
inline constexpr std::size_t signer_count = 4;

constexpr signer signer_of(signature::scheme verified) {
  switch (verified) {
    case signature::scheme::hex:
      return signer::hex;
    case signature::scheme::legacy:
      return signer::legacy;
    case signature::scheme::standard:
      return signer::standard;
  }
  return signer::none;
}

constexpr std::size_t index_of(signer who) {
  return static_cast<std::size_t>(who);
}

// Upper bounds of trunkline_gateway_ack_seconds, in microseconds. An acknowledgement takes about as
// long as one sync of the disk.
inline constexpr std::array<std::int64_t, 14> ack_bounds = {
    250,   500,    1000,   2500,   5000,    10000,   25000,
    50000, 100000, 250000, 500000, 1000000, 2500000, 5000000};

// The counters of one I/O thread since its start.
struct counters {
  std::array<std::array<counter, outcome_count>, signer_count> outcomes;
  // Time to acknowledge an accepted delivery.
  metrics::histogram<ack_bounds.size()> acks{ack_bounds};
  // Accepted deliveries whose Content-Type is not JSON.
  counter non_json_types;
  // Deliveries sent to Redis that have no reply yet.
  counter in_flight;
  // Open connections.
  counter connections;
  // Idle connections that were closed to make room for new ones.
  counter evicted;

  void count(signer who, outcome value) { outcomes[index_of(who)][index_of(value)].add(); }
};

// Sums over all threads.
struct counter_totals {
  std::array<std::int64_t, outcome_count> outcomes{};
  std::array<std::array<std::int64_t, outcome_count>, signer_count> by_signer{};
  metrics::histogram_counts acks;
  std::int64_t non_json_types = 0, in_flight = 0, connections = 0, evicted = 0;

  void add(const counters& thread) {
    for (std::size_t s = 0; s < signer_count; ++s)
      for (std::size_t i = 0; i < outcome_count; ++i) {
        const auto n = thread.outcomes[s][i].get();
        by_signer[s][i] += n;
        outcomes[i] += n;
      }
    acks.add(thread.acks.read());
    non_json_types += thread.non_json_types.get();
    in_flight += thread.in_flight.get();
    connections += thread.connections.get();
    evicted += thread.evicted.get();
  }
};

}  // namespace trunkline::gateway
