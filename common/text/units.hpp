// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Quantities as people write them in flags, environment and config files.
namespace trunkline {

// "500ms", "60s", "5m", "6h", "2d"; a whole number and a unit, "0" alone is allowed. Else nullopt.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// "512", "64KiB", "1MiB", "2GiB" (and kB, MB, GB in powers of ten); bytes. Else nullopt.
std::optional<std::uint64_t> parse_size(std::string_view text);

// The shortest exact form: "1m", "90s", "1500ms"; "1MiB", "1500".
std::string format_duration(std::chrono::milliseconds value);
std::string format_size(std::uint64_t bytes);
// For people, rounded: "3 s", "2 min", "4 h", "5 d".
std::string describe_age(std::chrono::milliseconds age);

}  // namespace trunkline
