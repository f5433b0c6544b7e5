// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace trunkline::metrics {

// The counts of a histogram at one moment, or the sum over several with the same bounds.
struct histogram_counts {
  std::vector<std::int64_t> buckets;  // one per bound, then the overflow; not cumulative
  std::int64_t sum = 0;

  void add(const histogram_counts& other) {
    buckets.resize(other.buckets.size());
    for (std::size_t i = 0; i < other.buckets.size(); ++i) buckets[i] += other.buckets[i];
    sum += other.sum;
  }
};

// Whole numbers (microseconds, events) in buckets of at most bounds[i]. No lock and no allocation
// to observe; any thread may read.
template <std::size_t N>
class histogram {
 public:
  explicit constexpr histogram(const std::array<std::int64_t, N>& bounds) : bounds_(bounds) {}

  // For the one thread that writes: no locked instruction either.
  void observe(std::int64_t value) {
    auto& bucket = buckets_[index_of(value)];
    bucket.store(bucket.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    sum_.store(sum_.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
  }
  // For several writers.
  void observe_shared(std::int64_t value) {
    buckets_[index_of(value)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  histogram_counts read() const {
    histogram_counts out;
    for (const auto& bucket : buckets_)
      out.buckets.push_back(bucket.load(std::memory_order_relaxed));
    out.sum = sum_.load(std::memory_order_relaxed);
    return out;
  }

 private:
  std::size_t index_of(std::int64_t value) const {
    std::size_t i = 0;
    while (i < N && value > bounds_[i]) ++i;
    return i;
  }

  const std::array<std::int64_t, N>& bounds_;
  std::array<std::atomic<std::int64_t>, N + 1> buckets_{};
  std::atomic<std::int64_t> sum_{0};
};

}  // namespace trunkline::metrics
