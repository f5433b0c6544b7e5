// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "common/redis/reply.hpp"

namespace trunkline::gateway {

// The failures that an acknowledged delivery survives, derived from the settings of Redis.
enum class durability {
  // appendonly yes, appendfsync always, no-appendfsync-on-rewrite no: a delivery is on disk before
  // it is acknowledged.
  always,
  // Known to be weaker: a power failure, or a crash while the disk is slow, loses acknowledged
  // deliveries.
  weaker,
  // The settings cannot be read (managed Redis hides CONFIG).
  unknown,
};
std::string_view to_string(durability);

struct durability_reading {
  durability level = durability::unknown;
  // "appendonly yes, appendfsync everysec, ...", or the reason why the level is unknown.
  std::string settings;
};
// Evaluates the reply to CONFIG GET durability_pattern.
durability_reading read_durability(const redis::reply&);
// One pattern for all three settings, because several arguments need Redis 7.
inline constexpr std::string_view durability_pattern = "*append*";

}  // namespace trunkline::gateway
