// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>

namespace trunkline::admin {

// Durations of events as counts by milliseconds with three significant digits. Slices of rows can
// be added up, and the error of a percentile is at most half a percent or half a millisecond.
class latencies {
 public:
  void add(double milliseconds, std::int64_t count) { counts_[milliseconds] += count; }
  void add(const latencies& other) {
    for (const auto& [ms, count] : other.counts_) add(ms, count);
  }
  // Returns p50, p95 and p99 in seconds, interpolated as by percentile_cont, or nullopt if there
  // are no durations.
  std::optional<std::array<double, 3>> percentiles() const;

 private:
  double at(double share, std::int64_t all) const;
  std::map<double, std::int64_t> counts_;
};

}  // namespace trunkline::admin
