// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/batch_bisection.hpp"

namespace trunkline::worker {

batch_bisection::batch_bisection(std::size_t entries, bool one_by_one) {
  if (one_by_one)
    for (std::size_t i = entries; i > 0; --i) left_.push_back({i - 1, 1, false});
  else if (entries > 0)
    left_.push_back({0, entries, false});
}

std::optional<batch_bisection::slice> batch_bisection::next() const {
  if (left_.empty()) return std::nullopt;
  return left_.back();
}

void batch_bisection::done() {
  left_.pop_back();
}

void batch_bisection::halve() {
  const auto whole = left_.back();
  const auto half = whole.count / 2;
  left_.back() = {whole.first + half, whole.count - half, true};
  left_.push_back({whole.first, half, true});
}

std::vector<batch_bisection::slice> batch_bisection::rest() const {
  return {left_.rbegin(), left_.rend()};
}

}  // namespace trunkline::worker
