// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Points in time as users enter them.
namespace trunkline::admin {

// Parses "2026-11-20", "2026-11-20T17:03", "2026-11-20 17:03:05.250Z", "...+02:00" (UTC without a
// zone), or a duration before now ("6h", "2d"). Returns milliseconds since 1970, or nullopt.
std::optional<std::int64_t> parse_timestamp(std::string_view text, std::int64_t now_ms);
// The error for a text that parse_timestamp() does not accept.
inline constexpr const char* timestamp_form =
    "must be a time (2026-11-20, 2026-11-20T17:03:05Z) or a duration before now (30m, 6h, 2d)";
// Returns the current time in milliseconds since 1970.
std::int64_t now_ms();

}  // namespace trunkline::admin
