// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "worker/process/counter_rollup.hpp"

namespace trunkline::worker {
namespace {

std::vector<std::string> summary(const std::vector<minute_hash>& minutes, std::int64_t now) {
  std::vector<std::string> out;
  for (const auto& each : counters_from(100, minutes, now))
    out.push_back(std::to_string(each.minute) + " " + each.name + " " + std::to_string(each.count));
  return out;
}

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("Counters are assigned to their minutes, gateway fields are not") {
  CHECK(
      summary({{{"accepted", "3"}, {"gateway:a", "open"}}, {{"refused:path", "2"}}}, 101) ==
      lines{"101 refused:path 2", "100 accepted 3"}
  );
  CHECK(summary({{{"accepted", "malformed"}}}, 100).empty());
}

TEST_CASE("A gateway that ended without closing marks its minute as incomplete") {
  CHECK(summary({{{"gateway:a", "open"}}, {}, {}}, 102) == lines{"100 at_least 1"});
  CHECK(summary({{{"gateway:a", "open"}}, {}}, 101).empty());  // It may still publish the minute.
  CHECK(summary({{{"gateway:a", "open"}}, {}, {{"gateway:a", "open"}}}, 102).empty()
  );  // It is in a later minute.
  CHECK(summary({{{"gateway:a", "closed"}}, {}, {}}, 102).empty());
  CHECK(summary({{{"gateway:a", "open"}}, {{"gateway:a", "closed"}}, {}}, 102).empty());
  CHECK(
      summary({{{"gateway:a", "open"}, {"gateway:b", "open"}, {"at_least", "1"}}, {}, {}}, 102) ==
      lines{"100 at_least 1"}
  );
}

}  // namespace trunkline::worker
