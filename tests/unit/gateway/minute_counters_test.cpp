// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>

#include "gateway/minute_counters.hpp"

using namespace trunkline::gateway;

TEST_CASE("counts of minutes that are too old are added to a later one") {
  std::map<std::int64_t, std::array<std::int64_t, 2>> minutes{
      {1, {1, 10}}, {2, {2, 20}}, {3, {3, 30}}, {5, {5, 50}}};
  keep_newest(minutes, 4);
  CHECK(minutes.size() == 4);
  keep_newest(minutes, 2);
  CHECK(minutes == std::map<std::int64_t, std::array<std::int64_t, 2>>{{3, {6, 60}}, {5, {5, 50}}});
}
