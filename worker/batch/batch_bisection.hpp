// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

namespace trunkline::worker {

// Selects the part of a batch to apply next while a failing event is searched. A batch is one
// slice until it is halved. The left half comes first, so that events keep their order as far as
// failures permit. Pure.
class batch_bisection {
 public:
  struct slice {
    std::size_t first = 0;
    std::size_t count = 0;
    // Whether the slice is part of a slice that was split.
    bool halved = false;
  };

  // An empty batch has no slices. one_by_one starts with slices of one entry.
  explicit batch_bisection(std::size_t entries, bool one_by_one = false);

  // Returns the next slice, or nullopt if every entry has an outcome.
  std::optional<slice> next() const;
  // Removes the next slice: its entries have an outcome.
  void done();
  // Splits the next slice, which has two entries or more.
  void halve();
  // Returns the slices without an outcome, in order.
  std::vector<slice> rest() const;

 private:
  // The next slice is the last element.
  std::vector<slice> left_;
};

}  // namespace trunkline::worker
