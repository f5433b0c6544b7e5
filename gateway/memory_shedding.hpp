// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

namespace trunkline::gateway {

// Decides from INFO memory when to stop taking deliveries: a Redis at maxmemory refuses rescue work
// as well, so we stop at 75 % of it and take again below 60 %.
class memory_watch {
 public:
  void update(std::string_view info);
  bool shedding() const { return shedding_; }
  std::uint64_t used() const { return used_; }
  std::uint64_t limit() const { return limit_; }  // 0: none, or not known

 private:
  std::uint64_t used_ = 0, limit_ = 0;
  bool shedding_ = false;
};

}  // namespace trunkline::gateway
