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

// Says once that deliveries are being refused: a wrong key once went unnoticed for days elsewhere.
// More than five refusals within five minutes are an episode; it is told when it begins, and ends
// when the window is quiet again. Not counted: wrong paths and methods (scanners), and what Redis
// causes (its own log lines tell of that).
class refusal_monitor {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes window{5};
  static constexpr std::int64_t tolerated = 5;

  struct warning {
    outcome reason;       // the most frequent one
    std::int64_t count;   // refusals in the window, all reasons
    std::string reasons;  // "mismatch 5, missing 1"
  };
  static bool counts(outcome what);
  // Call now and then with what was added since the last call.
  std::optional<warning> update(
      const std::array<std::int64_t, outcome_count>& added, time_point now
  );

 private:
  struct bucket {
    time_point at;
    std::array<std::int64_t, outcome_count> counts;
  };
  std::deque<bucket> buckets_;  // at most one for each 5 s of the window
  bool warned_ = false;
};

}  // namespace trunkline::gateway
