// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/batch_bisection.hpp"

namespace trunkline::worker {

isolation::isolation(std::size_t entries, bool one_by_one) {
  if (one_by_one)
    for (std::size_t i = entries; i > 0; --i) left_.push_back({i - 1, 1, false});
  else if (entries > 0)
    left_.push_back({0, entries, false});
}

std::optional<isolation::slice> isolation::next() const {
  if (left_.empty()) return std::nullopt;
  return left_.back();
}

void isolation::done() {
  left_.pop_back();
}

void isolation::halve() {
  const auto whole = left_.back();
  const auto half = whole.count / 2;
  left_.back() = {whole.first + half, whole.count - half, true};
  left_.push_back({whole.first, half, true});
}

std::vector<isolation::slice> isolation::rest() const {
  return {left_.rbegin(), left_.rend()};
}

}  // namespace trunkline::worker
