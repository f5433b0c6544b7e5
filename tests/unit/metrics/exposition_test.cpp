// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "common/metrics/exposition.hpp"

using namespace trunkline::metrics;

TEST_CASE("samples follow their heading, labels are escaped") {
  exposition page;
  page.family("a_total", "counter", "All of them.")
      .sample({}, std::int64_t{3})
      .sample({{"x", "q\"\\\n"}, {"y", "1"}}, std::int64_t{9007199254740993})
      .family("b", "gauge", "Another.")
      .sample({}, 0.25);
  CHECK(
      std::move(page).str() ==
      "# HELP a_total All of them.\n# TYPE a_total counter\na_total 3\n"
      "a_total{x=\"q\\\"\\\\\\n\",y=\"1\"} 9007199254740993\n"
      "# HELP b Another.\n# TYPE b gauge\nb 0.25\n"
  );
}

TEST_CASE("buckets are cumulative, include their bound, and the last one counts all values") {
  static constexpr std::array<std::int64_t, 2> bounds = {1000, 250000};
  histogram<2> one(bounds), two(bounds);
  one.observe(0);
  one.observe(1000);
  one.observe(1001);
  two.observe_shared(250001);
  auto both = one.read();
  both.add(two.read());
  exposition page;
  page.family("s", "histogram", "Time.").sample({{"k", "v"}}, bounds, both, 1e-6);
  CHECK(
      std::move(page).str() ==
      "# HELP s Time.\n# TYPE s histogram\ns_bucket{k=\"v\",le=\"0.001\"} 2\n"
      "s_bucket{k=\"v\",le=\"0.25\"} 3\ns_bucket{k=\"v\",le=\"+Inf\"} 4\n"
      "s_sum{k=\"v\"} 0.252002\ns_count{k=\"v\"} 4\n"
  );
}

TEST_CASE("an empty sum takes the buckets of the first histogram added") {
  static constexpr std::array<std::int64_t, 1> bounds = {5};
  histogram_counts sum;
  sum.add(histogram<1>(bounds).read());
  CHECK(sum.buckets == std::vector<std::int64_t>{0, 0});
}
