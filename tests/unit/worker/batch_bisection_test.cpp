// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "worker/batch/batch_bisection.hpp"

using trunkline::worker::batch_bisection;

namespace {

// Bisects a batch in which some events fail, and counts the transactions.
struct run {
  explicit run(std::size_t entries, std::set<std::size_t> failing) {
    batch_bisection plan(entries);
    while (const auto slice = plan.next()) {
      ++transactions;
      std::size_t bad = 0;
      for (std::size_t i = slice->first; i < slice->first + slice->count; ++i)
        bad += failing.count(i);
      if (bad > 0 && slice->count > 1) {
        plan.halve();
        continue;
      }
      for (std::size_t i = slice->first; i < slice->first + slice->count; ++i)
        (bad > 0 ? found : applied).push_back(i);
      plan.done();
    }
  }
  int transactions = 0;
  std::vector<std::size_t> applied, found;
};

}  // namespace

TEST_CASE("A batch without failing events is one transaction, an empty batch none") {
  CHECK(run(500, {}).transactions == 1);
  CHECK(run(500, {}).applied.size() == 500);
  CHECK(run(0, {}).transactions == 0);
}

TEST_CASE("A failing event is found alone, and every other event is applied once, in order") {
  const std::size_t entries = GENERATE(1u, 2u, 3u, 7u, 200u, 500u);
  for (std::size_t bad = 0; bad < entries; bad += 1 + entries / 9) {
    const run seen(entries, {bad});
    INFO("event " << bad << " of " << entries);
    CHECK(seen.found == std::vector<std::size_t>{bad});
    CHECK(seen.applied.size() == entries - 1);
    CHECK(std::is_sorted(seen.applied.begin(), seen.applied.end()));
    CHECK(std::set(seen.applied.begin(), seen.applied.end()).size() == entries - 1);
    CHECK(seen.transactions <= 2 * 9 + 1);
  }
}

TEST_CASE("Several failing events are found") {
  CHECK(run(8, {0, 3, 7}).found == std::vector<std::size_t>{0, 3, 7});
  CHECK(run(3, {0, 1, 2}).applied.empty());
}

TEST_CASE("The slices without an outcome can be released") {
  batch_bisection plan(8);
  plan.halve();
  plan.halve();
  plan.done();  // 0 and 1
  std::vector<std::size_t> left;
  for (const auto& slice : plan.rest())
    for (std::size_t i = 0; i < slice.count; ++i) left.push_back(slice.first + i);
  CHECK(left == std::vector<std::size_t>{2, 3, 4, 5, 6, 7});
  CHECK(plan.next()->halved);
}

TEST_CASE("A batch can be applied one by one") {
  batch_bisection plan(3, true);
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(plan.next());
    CHECK(plan.next()->first == i);
    CHECK(plan.next()->count == 1);
    CHECK_FALSE(plan.next()->halved);
    plan.done();
  }
  CHECK_FALSE(plan.next());
}
