// SPDX-License-Identifier: Apache-2.0
// Compares the time of verify() for a signature that is wrong at its first and at its last byte:
// Welch's t of two samples in random order, without outliers. TRUNKLINE_SOAK takes 200,000 of each.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <list>
#include <random>
#include <vector>

#include "support.hpp"

using namespace test_support;

namespace {

const std::string body = R"({"type":"message.received","data":{"object":{"id":"TEST123"}}})";

struct sample {
  double mean = 0, of_variance = 0;
};

sample of(const std::vector<double>& times) {
  sample out;
  for (const double t : times) out.mean += t / static_cast<double>(times.size());
  for (const double t : times) out.of_variance += (t - out.mean) * (t - out.mean);
  out.of_variance /= static_cast<double>(times.size() - 1) * static_cast<double>(times.size());
  return out;
}

// Removes the slowest tenth of both samples together, because these are interrupts.
double welch_t(std::vector<double> first, std::vector<double> last) {
  std::vector<double> all = first;
  all.insert(all.end(), last.begin(), last.end());
  const auto limit = all.begin() + static_cast<std::ptrdiff_t>(all.size() * 9 / 10);
  std::nth_element(all.begin(), limit, all.end());
  const auto cap = [&](std::vector<double>& times) {
    std::erase_if(times, [&](double t) { return t > *limit; });
  };
  cap(first), cap(last);
  const sample a = of(first), b = of(last);
  return std::abs(a.mean - b.mean) / std::sqrt(a.of_variance + b.of_variance);
}

template <class Run>
double compare(std::size_t rounds, const request& wrong_first, const request& wrong_last, Run run) {
  std::minstd_rand draw{std::random_device{}()};
  std::vector<double> first, last;
  const headers views[2] = {wrong_first.view(), wrong_last.view()};
  while (first.size() < rounds || last.size() < rounds) {
    const bool which = (draw() >> 8) % 2 == 1;
    const auto began = std::chrono::steady_clock::now();
    run(views[which]);
    const auto took = std::chrono::steady_clock::now() - began;
    (which ? last : first).push_back(static_cast<double>(took.count()));
  }
  return welch_t(std::move(first), std::move(last));
}

request with_wrong(request good, const char* field, std::size_t at) {
  char& c = good.fields[field][at];
  c = c == 'a' ? 'b' : 'a';
  return good;
}

}  // namespace

TEST_CASE("verification time does not depend on the position of a wrong byte", "[A11]") {
  const key_ring ring = ring_of({hex_secret});
  const char* field = "x-openphone-signature-v1";
  const request good = signed_request(ring, scheme::hex, body);
  const std::size_t length = good.fields.at(field).size();
  const request first = with_wrong(good, field, 0), last = with_wrong(good, field, length - 1);
  REQUIRE(word(verify(ring, first.view(), body, now, {})) == "mismatch");
  REQUIRE(word(verify(ring, last.view(), body, now, {})) == "mismatch");
  const std::size_t rounds = std::getenv("TRUNKLINE_SOAK") != nullptr ? 200'000 : 20'000;
  // A leak is visible in each attempt, noise is not. Each attempt has a new pair of requests in the
  // other order, because their addresses alone can make one of them faster.
  std::list<request> pairs;
  double smallest = 1e9;
  for (int attempt = 0; attempt < 20 && smallest >= 4.5; ++attempt) {
    const bool swapped = attempt % 2 == 1;
    const request& one = pairs.emplace_back(swapped ? last : first);
    const request& other = pairs.emplace_back(swapped ? first : last);
    const double t = compare(rounds, one, other, [&](const headers& sent) {
      if (verify(ring, sent, body, now, {}).valid) std::abort();
    });
    smallest = std::min(smallest, t);
  }
  std::cerr << "measured: Welch t of verify, wrong at first or last byte: " << smallest << "\n";
  CHECK(smallest < 4.5);
}

TEST_CASE("the measurement detects a comparison that ends at the first difference", "[A11]") {
  const key_ring ring = ring_of({hex_secret});
  const char* field = "x-openphone-signature-v1";
  const request good = signed_request(ring, scheme::hex, body);
  const std::string expected = good.fields.at(field);
  const request first = with_wrong(good, field, 0), last = with_wrong(good, field, 63);
  const auto leaks = [&](const headers& sent) {
    volatile std::size_t same = 0;
    while (same < expected.size() && sent.hex.value[same] == expected[same]) same = same + 1;
  };
  double largest = 0;
  for (int attempt = 0; attempt < 5 && largest <= 4.5; ++attempt)
    largest = std::max(largest, compare(20'000, first, last, leaks));
  CHECK(largest > 4.5);
}
