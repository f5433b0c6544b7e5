// SPDX-License-Identifier: Apache-2.0
#include "cli/stats/stats_text.hpp"

#include <cstdio>

#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

using cells = std::vector<std::string>;

std::string percent(std::optional<double> share) {
  if (!share) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %%", rounded_down(*share, 1e4) * 100);
  return text;
}

// Formats a duration with three significant digits and a unit.
std::string duration(double seconds) {
  char text[32];
  if (seconds < 0.9995)
    std::snprintf(text, sizeof text, "%.0f ms", seconds * 1000);
  else if (seconds < 60)
    std::snprintf(text, sizeof text, seconds < 9.995 ? "%.2f s" : "%.1f s", seconds);
  else if (seconds < 3600)
    std::snprintf(text, sizeof text, "%.1f min", seconds / 60);
  else
    std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
  return text;
}

std::string lower_bound(std::int64_t count, bool at_least) {
  return (at_least ? "at least " : "") + std::to_string(count);
}

std::string title_of(const stats_row& row, bool by_hour) {
  if (row.name.empty()) return "all";
  if (by_hour) return row.name.substr(0, 10) + " " + row.name.substr(11, 5);
  return shorten(printable(row.name), 40);
}

cells line_of(const stats_row& row, const gateway_counters* gateways) {
  cells out{title_of(row, gateways != nullptr)};
  for (const auto n :
       {row.received(), row.processed, row.ignored, row.duplicates, row.retrying, row.dead})
    out.push_back(std::to_string(n) + (row.at_least ? "+" : ""));
  out.push_back(percent(row.success()));
  const auto seconds = row.took.percentiles();
  for (std::size_t i = 0; i < 3; ++i) out.push_back(seconds ? duration((*seconds)[i]) : "-");
  if (gateways) out.push_back(lower_bound(gateways->all_rejected(), gateways->at_least));
  return out;
}

}  // namespace

std::string as_text(const stats_report& report) {
  std::string out = "since " + report.since + "\n";
  if (report.pause) out += "PAUSED " + printable(describe(*report.pause)) + "\n";
  if (!report.counted_since.empty())
    out += "CUT: too many rows for 2 s, counted back to " + report.counted_since + " only\n";
  for (const auto& problem : report.unknown) out += "UNKNOWN: " + printable(problem) + "\n";
  out += "accepted by the gateways: " +
         lower_bound(report.gateways.accepted, report.gateways.at_least) +
         "\nrejected: " + lower_bound(report.gateways.all_rejected(), report.gateways.at_least);
  std::string sign = ": ";
  for (const auto& [reason, count] : report.gateways.rejected) {
    out += sign + printable(reason) + " " + std::to_string(count);
    sign = ", ";
  }
  out += "\n\n";
  std::vector<cells> lines{
      {report.by_hour ? "HOUR (UTC)" : "TYPE", "RECEIVED", "PROCESSED", "IGNORED", "DUPLICATES",
       "RETRYING", "DEAD", "SUCCESS", "P50", "P95", "P99"}};
  if (report.by_hour) lines[0].push_back("REJECTED");
  for (const auto& row : report.rows)
    lines.push_back(line_of(row, report.by_hour ? &hour_of(report, row.name) : nullptr));
  lines.push_back(line_of(report.total, report.by_hour ? &report.gateways : nullptr));
  return out + table(lines);
}

}  // namespace trunkline::cli
