// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// A point in time as people type it.
namespace trunkline::admin {

// "2026-11-20", "2026-11-20T17:03", "2026-11-20 17:03:05.250Z", "...+02:00" (UTC without a zone),
// or a duration before now ("6h", "2d"). Milliseconds since 1970, else nullopt.
std::optional<std::int64_t> parse_moment(std::string_view text, std::int64_t now_ms);
// What to say of a text that is none.
inline constexpr const char* moment_form =
    "must be a time like 2026-11-20 or 2026-11-20T17:03:05Z, or so long ago: 30m, 6h, 2d";
std::int64_t now_ms();

}  // namespace trunkline::admin
