// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "gateway/outcome.hpp"

namespace trunkline::gateway {

// Reports once per episode that requests are rejected, so that a wrong signing key does not go
// unnoticed. An episode begins with more than five rejections within five minutes and ends when the
// window holds at most five. Wrong paths and methods are not counted (scanners), nor are rejections
// that Redis causes (they have separate log records).
class rejection_monitor {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes window{5};
  static constexpr std::int64_t tolerated = 5;

  struct warning {
    // The most frequent reason.
    outcome reason;
    // Rejections in the window, for all reasons.
    std::int64_t count;
    // "mismatch 5, missing 1".
    std::string reasons;
  };
  static bool counts(outcome);
  // Adds the counts since the last call. Returns a warning if an episode begins.
  std::optional<warning> update(
      const std::array<std::int64_t, outcome_count>& added, time_point now
  );

 private:
  struct bucket {
    time_point at;
    std::array<std::int64_t, outcome_count> counts;
  };
  // At most one per 5 s of the window.
  std::deque<bucket> buckets_;
  bool warned_ = false;
};

}  // namespace trunkline::gateway
