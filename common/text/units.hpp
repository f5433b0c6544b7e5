// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Quantities with units, in options, environment and config files.
namespace trunkline {

// Parses a whole number with a unit: "500ms", "60s", "5m", "6h", "2d", or "0". Otherwise returns
// nullopt.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// Parses bytes: "512", "64KiB", "1MiB", "2GiB", or kB, MB and GB in powers of ten. Otherwise
// returns nullopt.
std::optional<std::uint64_t> parse_size(std::string_view text);

// Return the shortest exact form: "1m", "90s", "1500ms"; "1MiB", "1500".
std::string format_duration(std::chrono::milliseconds value);
std::string format_size(std::uint64_t bytes);
// Returns a rounded, human-readable age: "3 s", "2 min", "4 h", "5 d".
std::string describe_age(std::chrono::milliseconds age);

}  // namespace trunkline
