// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

namespace trunkline::worker {

// Which part of a batch to try next while the one to failure_cause is looked for: a batch is one
// slice until it is halved, left half first, so that events keep their order as far as failures let
// them. Pure.
class batch_bisection {
 public:
  struct slice {
    std::size_t first = 0;
    std::size_t count = 0;
    bool halved = false;  // part of a slice that was split
  };

  // An empty batch has no slices. one_by_one: slices of one from the start.
  explicit batch_bisection(std::size_t entries, bool one_by_one = false);

  std::optional<slice> next() const;  // nullopt: all is done
  void done();                        // the next slice has its outcome, whatever it is
  void halve();                       // of two entries or more
  std::vector<slice> rest() const;    // what has no outcome yet, next first

 private:
  std::vector<slice> left_;  // next last
};

}  // namespace trunkline::worker
