// SPDX-License-Identifier: Apache-2.0
#include "cli/stats/stats_report.hpp"

#include <cmath>
#include <cstdio>

#include "cli/output.hpp"

namespace trunkline::ctl {
namespace {

using cells = std::vector<std::string>;

// One dead letter of a million is not 100 %.
double rounded_down(double share, double parts) {
  return std::floor(share * parts + 1e-9) / parts;
}

std::string percent(std::optional<double> share) {
  if (!share) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %%", rounded_down(*share, 1e4) * 100);
  return text;
}

// Three digits.
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

cells line_of(const stats_row& row, const gateway_figures* gateways) {
  cells out{title_of(row, gateways != nullptr)};
  for (const auto n :
       {row.received(), row.processed, row.ignored, row.duplicates, row.retrying, row.dead})
    out.push_back(std::to_string(n) + (row.at_least ? "+" : ""));
  out.push_back(percent(row.success()));
  const auto seconds = row.took.percentiles();
  for (std::size_t i = 0; i < 3; ++i) out.push_back(seconds ? duration((*seconds)[i]) : "-");
  if (gateways) out.push_back(lower_bound(gateways->all_refused(), gateways->at_least));
  return out;
}

json_object row_json(const stats_row& row) {
  const auto seconds = row.took.percentiles();
  const auto part = [&](std::size_t i) {
    return seconds ? std::optional((*seconds)[i]) : std::nullopt;
  };
  json_object out;
  out.number("received", row.received()).number("processed", row.processed);
  out.number("ignored", row.ignored).number("duplicates", row.duplicates);
  out.number("retrying", row.retrying).number("dead", row.dead);
  auto success = row.success();
  if (success) success = rounded_down(*success, 1e3);
  out.boolean("at_least", row.at_least).real("success_rate", success);
  out.real("p50_seconds", part(0)).real("p95_seconds", part(1)).real("p99_seconds", part(2));
  return out;
}

json_object figures_json(const gateway_figures& figures) {
  json_object reasons;
  for (const auto& [reason, count] : figures.refused) reasons.number(reason, count);
  return json_object()
      .number("accepted", figures.accepted)
      .number("refused", figures.all_refused())
      .object("refused_by_reason", reasons)
      .boolean("at_least", figures.at_least);
}

const gateway_figures& hour_of(const stats_report& report, const std::string& name) {
  static const gateway_figures none;
  const auto found = report.gateway_hours.find(name);
  return found == report.gateway_hours.end() ? none : found->second;
}

}  // namespace

void stats_row::add(const stats_row& other) {
  events += other.events;
  processed += other.processed;
  ignored += other.ignored;
  retrying += other.retrying;
  dead += other.dead;
  duplicates += other.duplicates;
  took.add(other.took);
}

void gateway_figures::add(const std::string& figure, std::int64_t count) {
  if (figure == "accepted") accepted += count;
  if (figure == "at_least") at_least = at_least || count > 0;
  if (figure.starts_with("refused:")) refused[figure.substr(8)] += count;
}

std::int64_t gateway_figures::all_refused() const {
  std::int64_t sum = 0;
  for (const auto& [reason, count] : refused) sum += count;
  return sum;
}

std::string as_text(const stats_report& report) {
  std::string out = "since " + report.since + "\n";
  if (report.pause) out += "PAUSED " + printable(describe(*report.pause)) + "\n";
  if (!report.counted_since.empty())
    out += "CUT: too many rows for 2 s, counted back to " + report.counted_since + " alone\n";
  for (const auto& problem : report.unknown) out += "UNKNOWN: " + printable(problem) + "\n";
  out += "accepted by the gateways: " +
         lower_bound(report.gateways.accepted, report.gateways.at_least) +
         "\nrefused: " + lower_bound(report.gateways.all_refused(), report.gateways.at_least);
  std::string sign = ": ";
  for (const auto& [reason, count] : report.gateways.refused) {
    out += sign + printable(reason) + " " + std::to_string(count);
    sign = ", ";
  }
  out += "\n\n";
  std::vector<cells> lines{
      {report.by_hour ? "HOUR (UTC)" : "TYPE", "RECEIVED", "PROCESSED", "IGNORED", "DUPLICATES",
       "RETRYING", "DEAD", "SUCCESS", "P50", "P95", "P99"}};
  if (report.by_hour) lines[0].push_back("REFUSED");
  for (const auto& row : report.rows)
    lines.push_back(line_of(row, report.by_hour ? &hour_of(report, row.name) : nullptr));
  lines.push_back(line_of(report.total, report.by_hour ? &report.gateways : nullptr));
  return out + table(lines);
}

std::string as_json(const stats_report& report) {
  std::vector<json_object> rows;
  for (const auto& row : report.rows) {
    json_object out;
    out.text(report.by_hour ? "hour" : "type", row.name).object("deliveries", row_json(row));
    if (report.by_hour) out.object("gateways", figures_json(hour_of(report, row.name)));
    rows.push_back(out);
  }
  return json_object()
             .text("since", report.since)
             .text(
                 "counted_since",
                 report.counted_since.empty() ? std::nullopt : std::optional(report.counted_since)
             )
             .object("deliveries", row_json(report.total))
             .object("gateways", figures_json(report.gateways))
             .list(report.by_hour ? "hours" : "types", rows)
             .object("pause", as_json(report.pause))
             .strings("unknown", report.unknown)
             .str() +
         "\n";
}

}  // namespace trunkline::ctl
