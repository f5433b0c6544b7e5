// SPDX-License-Identifier: Apache-2.0
#include "common/text/units.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace trunkline {
namespace {

using unit = std::pair<std::string_view, std::uint64_t>;

// Largest first, so that formatting finds the shortest exact form.
constexpr std::array<unit, 5> duration_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<unit, 7> size_units{
    {{"GiB", 1ull << 30},
     {"MiB", 1ull << 20},
     {"KiB", 1ull << 10},
     {"GB", 1'000'000'000},
     {"MB", 1'000'000},
     {"kB", 1'000},
     {"B", 1}}};

// Parses a whole number followed by one of units. bare is the factor of a number without a unit, or
// 0 if the unit is required.
template <std::size_t N>
std::optional<std::uint64_t> parse_quantity(
    std::string_view text, const std::array<unit, N>& units, std::uint64_t bare
) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  std::uint64_t factor = 0;
  if (rest.empty()) factor = number == 0 ? 1 : bare;
  for (const auto& [name, value] : units) {
    if (rest == name) factor = value;
  }
  constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (factor == 0 || number > max / factor) return std::nullopt;
  return number * factor;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto value = parse_quantity(text, duration_units, 0);
  if (!value) return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(*value)};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_quantity(text, size_units, 1);
}

std::string format_duration(std::chrono::milliseconds value) {
  const auto count = static_cast<std::uint64_t>(value.count());
  if (count == 0) return "0s";
  for (const auto& [name, factor] : duration_units) {
    if (count % factor == 0) return std::to_string(count / factor) + std::string(name);
  }
  return std::to_string(count) + "ms";
}

std::string format_size(std::uint64_t bytes) {
  for (const auto& [name, factor] : size_units) {
    if (name.size() == 3 && bytes != 0 && bytes % factor == 0)
      return std::to_string(bytes / factor) + std::string(name);
  }
  return std::to_string(bytes);
}

std::string describe_age(std::chrono::milliseconds age) {
  const std::int64_t seconds = age.count() / 1000;
  if (seconds < 1) return "under 1 s";
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 2 * 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 2 * 86400) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86400) + " d";
}

}  // namespace trunkline
