// SPDX-License-Identifier: Apache-2.0
#include "gateway/memory_shedding.hpp"

#include <charconv>

namespace trunkline::gateway {
namespace {

constexpr double shed_from = 0.75, accept_below = 0.60;

// Returns the value of "\nname:123\r\n", or 0 if it is missing.
std::uint64_t number(std::string_view info, std::string_view line_start) {
  const auto at = info.find(line_start);
  if (at == std::string_view::npos) return 0;
  const auto digits = info.substr(at + line_start.size());
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

void memory_monitor::update(std::string_view info) {
  used_ = number(info, "\nused_memory:");
  limit_ = number(info, "\nmaxmemory:");
  if (limit_ == 0) {
    shedding_ = false;
    return;
  }
  const double share = static_cast<double>(used_) / static_cast<double>(limit_);
  shedding_ = shedding_ ? share >= accept_below : share >= shed_from;
}

}  // namespace trunkline::gateway
