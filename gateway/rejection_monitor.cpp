// SPDX-License-Identifier: Apache-2.0
#include "gateway/rejection_monitor.hpp"

#include <algorithm>

namespace trunkline::gateway {
namespace {

constexpr std::chrono::seconds bucket_span{5};

}  // namespace

bool refusal_monitor::counts(outcome what) {
  switch (answer_to(what)) {
    case answer::accepted:
    case answer::not_found:
    case answer::method_not_allowed:
    case answer::unavailable:
      return false;
    default:
      return true;
  }
}

std::optional<refusal_monitor::warning> refusal_monitor::update(
    const std::array<std::int64_t, outcome_count>& added, time_point now
) {
  while (!buckets_.empty() && now - buckets_.front().at >= window) buckets_.pop_front();
  bool any = false;
  for (const auto& row : outcome_rows)
    any = any || (counts(row.what) && added[index_of(row.what)] > 0);
  if (any) {
    if (buckets_.empty() || now - buckets_.back().at >= bucket_span) buckets_.push_back({now, {}});
    for (std::size_t i = 0; i < outcome_count; ++i)
      if (counts(outcome_rows[i].what)) buckets_.back().counts[i] += added[i];
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

  const auto most = std::max_element(sums.begin(), sums.end());
  warning out{outcome_rows[static_cast<std::size_t>(most - sums.begin())].what, total, ""};
  for (std::size_t i = 0; i < outcome_count; ++i) {
    if (sums[i] == 0) continue;
    if (!out.reasons.empty()) out.reasons += ", ";
    out.reasons += std::string(outcome_rows[i].name) + " " + std::to_string(sums[i]);
  }
  return out;
}

}  // namespace trunkline::gateway
