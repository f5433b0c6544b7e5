// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>

namespace trunkline::admin {

// How long events took, in milliseconds of three digits: what many slices of rows tell can be added
// up, and a percentile is off by half a percent, or half a millisecond, at most.
class latencies {
 public:
  void add(double milliseconds, std::int64_t count) { counts_[milliseconds] += count; }
  void add(const latencies& other) {
    for (const auto& [ms, count] : other.counts_) add(ms, count);
  }
  // In seconds: p50, p95, p99, between two neighbours as percentile_cont does. nullopt: none took
  // any time.
  std::optional<std::array<double, 3>> percentiles() const;

 private:
  double at(double share, std::int64_t all) const;
  std::map<double, std::int64_t> counts_;
};

}  // namespace trunkline::admin
