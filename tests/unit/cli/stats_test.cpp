// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "admin/stats/stats_report.hpp"
#include "cli/queue/queue_watch.hpp"
#include "cli/stats/stats_text.hpp"

using namespace trunkline::admin;
using namespace trunkline::cli;

namespace {

stats_report report_of(std::int64_t processed, std::int64_t dead) {
  stats_report report;
  report.since = "2026-11-23T00:00:00Z";
  stats_row row;
  row.name = "2026-11-23T04:00:00Z";
  row.events = processed + dead;
  row.processed = processed;
  row.dead = dead;
  report.total.add(row);
  report.rows.push_back(row);
  return report;
}

// Computes a percentile as percentile_cont of SQL does.
double truth(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
}

}  // namespace

TEST_CASE("percentiles of counted durations are those of the durations") {
  std::mt19937 random(7);
  for (const std::size_t size : {1, 2, 3, 10, 101, 5000}) {
    std::vector<double> values;
    latencies counted, other;
    for (std::size_t i = 0; i < size; ++i) {
      values.push_back(static_cast<double>(random() % 900));
      (i % 2 ? counted : other).add(values.back(), 1);
    }
    counted.add(other);
    const auto got = *counted.percentiles();
    CHECK(got[0] * 1000 == Approx(truth(values, 0.5)));
    CHECK(got[1] * 1000 == Approx(truth(values, 0.95)));
    CHECK(got[2] * 1000 == Approx(truth(values, 0.99)));
  }
  CHECK_FALSE(latencies().percentiles());
}

TEST_CASE("one dead letter is never 100 %") {
  CHECK(as_text(report_of(999999, 1)).find("99.99 %") != std::string::npos);
  CHECK(as_text(report_of(1000, 0)).find("100.00 %") != std::string::npos);
  CHECK(as_json(report_of(99999999, 1)).find("\"success_rate\":0.999,") != std::string::npos);
  CHECK(as_text(report_of(105, 3)).find("97.22 %") != std::string::npos);
}

TEST_CASE("durations have three digits and a unit") {
  for (const auto& [ms, text] : std::vector<std::pair<double, std::string>>{
           {0, "  0 ms"},
           {999, "  999 ms"},
           {1230, "  1.23 s"},
           {12300, "  12.3 s"},
           {90000, "  1.5 min"},
           {7200000, "  2.0 h"}}) {
    auto report = report_of(1, 0);
    report.total.took.add(ms, 1);
    CHECK(as_text(report).find(text + text + text) != std::string::npos);
  }
}

TEST_CASE("rows that were not counted are reported and marked") {
  auto report = report_of(10, 0);
  CHECK(as_text(report).find("CUT") == std::string::npos);
  report.counted_since = "2026-11-23T04:10:00Z";
  report.total.at_least = report.rows[0].at_least = true;
  const auto text = as_text(report);
  CHECK(
      text.find("CUT: too many rows for 2 s, counted back to 2026-11-23T04:10:00Z") !=
      std::string::npos
  );
  CHECK(text.find("2026-11-23 04:00  10+ ") != std::string::npos);
  CHECK(as_json(report).find("\"counted_since\":\"2026-11-23T04:10:00Z\"") != std::string::npos);
}

TEST_CASE("a screen shows the top of a text that is too long for it") {
  const std::string text = "verdict\na\nb\nc\nd\n";
  CHECK(fit_screen(text, 80, 24) == text);
  CHECK(fit_screen(text, 80, 7) == text);
  CHECK(fit_screen(text, 80, 5) == "verdict\na\nb\n... 2 more lines\n");
  // The first line is folded into two lines of the screen.
  CHECK(fit_screen("12345678\nx\ny\n", 4, 4) == "12345678\n... 2 more lines\n");
}
