// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/metrics/histogram.hpp"
#include "parse/facts.hpp"
#include "store/events/event_store.hpp"

namespace trunkline::worker {

inline constexpr std::size_t kind_count = static_cast<std::size_t>(parse::kind::unknown) + 1;
inline constexpr std::size_t outcome_kinds =
    static_cast<std::size_t>(store::outcome::redelivered) + 1;
inline constexpr std::array<std::string_view, 4> retry_reasons = {
    "data", "constraint", "raised", "other"};

inline constexpr std::array<std::int64_t, 9> batch_bounds = {1, 2, 5, 10, 25, 50, 100, 250, 500};
inline constexpr std::array<std::int64_t, 13> batch_micros = {
    1000,   2500,   5000,    10000,   25000,   50000,   100000,
    250000, 500000, 1000000, 2500000, 5000000, 10000000};
// From a few milliseconds to a day, the time span of retries.
inline constexpr std::array<std::int64_t, 18> commit_micros = {
    5000,       10000,       25000,       50000,         100000,         250000,
    500000,     1'000'000,   2'500'000,   5'000'000,     10'000'000,     30'000'000,
    60'000'000, 300'000'000, 900'000'000, 3'600'000'000, 21'600'000'000, 86'400'000'000};

// Values that only the metrics contain. All threads of the process write them.
struct worker_metrics {
  std::array<std::array<std::atomic<std::int64_t>, outcome_kinds>, kind_count> events{};
  std::array<std::atomic<std::int64_t>, retry_reasons.size()> retries{};
  std::atomic<std::int64_t> claims{0};
  // By dependency.
  std::array<std::atomic<std::int64_t>, 2> blocked_micros{};
  metrics::histogram<batch_bounds.size()> batch_events{batch_bounds};
  metrics::histogram<batch_micros.size()> batch_time{batch_micros};
  metrics::histogram<commit_micros.size()> commit_time{commit_micros};

  void outcome_of(parse::kind type, store::outcome outcome) {
    events[static_cast<std::size_t>(type)][static_cast<std::size_t>(outcome)].fetch_add(
        1, std::memory_order_relaxed
    );
  }
  // Records the time from receipt to now. The clocks of gateway and worker may differ: a negative
  // time counts as zero.
  void committed(std::int64_t received_at_ms);
  void retried(std::string_view sqlstate);
  void batch(std::size_t count, std::chrono::steady_clock::duration);
};

struct totals;

// Returns the response to GET /metrics.
std::string metrics_page(const totals&);

}  // namespace trunkline::worker
