// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "common/redis/reply.hpp"

namespace trunkline::gateway {

// What an answered delivery can survive, as far as Redis tells its settings.
enum class durability {
  always,   // appendonly yes, appendfsync always, no-appendfsync-on-rewrite no: on disk before the
            // answer
  weaker,   // known to be less: power loss, or a slow disk and a crash, lose answered deliveries
  unknown,  // the server does not tell (managed Redis hides CONFIG)
};
std::string_view to_string(durability);

struct durability_reading {
  durability level = durability::unknown;
  std::string settings;  // "appendonly yes, appendfsync everysec, ..." or why it is unknown
};
// reply: of CONFIG GET durability_pattern.
durability_reading read_durability(const redis::reply&);
// One pattern for all three settings: several arguments need Redis 7.
inline constexpr std::string_view durability_pattern = "*append*";

}  // namespace trunkline::gateway
