// SPDX-License-Identifier: Apache-2.0
#include "gateway/rejection_monitor.hpp"

#include <algorithm>

#include "gateway/outcome_responses.hpp"

namespace trunkline::gateway {
namespace {

constexpr std::chrono::seconds bucket_span{5};

}  // namespace

bool rejection_monitor::counts(outcome value) {
  switch (response_to(value)) {
    case response_kind::accepted:
    case response_kind::not_found:
    case response_kind::method_not_allowed:
    case response_kind::unavailable:
      return false;
    default:
      return true;
  }
}

std::optional<rejection_monitor::warning> rejection_monitor::update(
    const std::array<std::int64_t, outcome_count>& added, time_point now
) {
  while (!buckets_.empty() && now - buckets_.front().at >= window) buckets_.pop_front();
  bool any = false;
  for (const auto& row : outcome_rows)
    any = any || (counts(row.value) && added[index_of(row.value)] > 0);
  if (any) {
    if (buckets_.empty() || now - buckets_.back().at >= bucket_span) buckets_.push_back({now, {}});
    for (std::size_t i = 0; i < outcome_count; ++i)
      if (counts(outcome_rows[i].value)) buckets_.back().counts[i] += added[i];
  }

  std::array<std::int64_t, outcome_count> sums{};
  std::int64_t total = 0;
  for (const auto& each : buckets_)
    for (std::size_t i = 0; i < outcome_count; ++i)
      sums[i] += each.counts[i], total += each.counts[i];
  if (total <= tolerated) {
    warned_ = false;
    return {};
  }
  if (warned_) return {};
  warned_ = true;

  const auto top = std::max_element(sums.begin(), sums.end());
  warning out{outcome_rows[static_cast<std::size_t>(top - sums.begin())].value, total, ""};
  for (std::size_t i = 0; i < outcome_count; ++i) {
    if (sums[i] == 0) continue;
    if (!out.reasons.empty()) out.reasons += ", ";
    out.reasons += std::string(outcome_rows[i].name) + " " + std::to_string(sums[i]);
  }
  return out;
}

}  // namespace trunkline::gateway
