// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <random>

#include "worker/batch/retry_backoff.hpp"

using namespace trunkline::worker;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds base = 10s, cap = 6h;
constexpr double almost_one = 0.999999999;

}  // namespace

TEST_CASE("A delay is in [c/2, c], and c doubles up to the cap", "[H1]") {
  milliseconds c = base;
  for (int attempt = 1; attempt <= 15; ++attempt) {
    INFO("attempt " << attempt);
    CHECK(backoff(attempt, base, cap, 0) == c / 2);
    CHECK(backoff(attempt, base, cap, 0.5) == c * 3 / 4);
    CHECK(backoff(attempt, base, cap, almost_one) <= c);
    CHECK(backoff(attempt, base, cap, almost_one) >= c - 1ms);
    c = std::min(cap, c * 2);
  }
  CHECK(c == cap);
}

TEST_CASE("Fifteen delays take 14.7 to 29.4 hours", "[H1]") {
  milliseconds min{0}, max{0};
  for (int attempt = 1; attempt <= 15; ++attempt) {
    min += backoff(attempt, base, cap, 0);
    max += backoff(attempt, base, cap, almost_one);
  }
  const std::chrono::duration<double, std::ratio<3600>> shortest = min, longest = max;
  CHECK(shortest.count() == Approx(14.7).margin(0.05));
  CHECK(longest.count() == Approx(29.4).margin(0.05));
}

TEST_CASE("A large number of failures does not overflow the delay") {
  for (int attempt : {16, 62, 63, 64, 1000, 2'000'000'000})
    CHECK(backoff(attempt, base, cap, 0.5) == cap * 3 / 4);
  CHECK(backoff(1, 10s, 1s, 0) == 500ms);  // A maximum below the base limits the delay.
}

TEST_CASE("Ten thousand delays are distributed evenly", "[H2]") {
  std::mt19937_64 engine(20261122);
  std::uniform_real_distribution<double> unit(0, 1);
  constexpr int draws = 10'000;
  std::array<int, 10> buckets{};  // 5 s to 10 s in steps of half a second
  for (int i = 0; i < draws; ++i) {
    const auto past_half = backoff(1, base, cap, unit(engine)) - base / 2;
    ++buckets.at(std::min<std::size_t>(9, static_cast<std::size_t>(past_half / 500ms)));
  }
  double chi_square = 0;
  for (const int n : buckets)
    chi_square += (n - draws / 10.0) * (n - draws / 10.0) / (draws / 10.0);
  CHECK(chi_square < 21.67);  // 9 degrees of freedom, p = 0.01
}

TEST_CASE("A collision is retried after 5 to 80 ms", "[F6]") {
  CHECK(collision_delay(0) == 5ms);
  CHECK(collision_delay(almost_one) == 80ms);
}
