// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

namespace trunkline::gateway {

// Decides from INFO memory when deliveries are rejected. A Redis at maxmemory rejects the workers'
// commands too, so shedding starts at 75 % of maxmemory and ends below 60 %.
class memory_monitor {
 public:
  void update(std::string_view info);
  bool shedding() const { return shedding_; }
  std::uint64_t used() const { return used_; }
  // Returns maxmemory, or 0 if it is unlimited or unknown.
  std::uint64_t limit() const { return limit_; }

 private:
  std::uint64_t used_ = 0, limit_ = 0;
  bool shedding_ = false;
};

}  // namespace trunkline::gateway
