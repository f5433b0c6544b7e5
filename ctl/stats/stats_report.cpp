// SPDX-License-Identifier: Apache-2.0
#include "ctl/stats/stats_report.hpp"

#include <cstdio>

#include "ctl/output.hpp"

namespace trunkline::ctl {
namespace {

using cells = std::vector<std::string>;

std::string percent(std::optional<double> share) {
  if (!share) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %%", *share * 100);
  return text;
}

std::string duration(double seconds) {
  char text[32];
  if (seconds < 10)
    std::snprintf(text, sizeof text, "%.0f ms", seconds * 1000);
  else if (seconds < 600)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else
    std::snprintf(text, sizeof text, "%.1f min", seconds / 60);
  return text;
}

std::string lower_bound(std::int64_t count, bool at_least) {
  return (at_least ? "at least " : "") + std::to_string(count);
}

cells line_of(const stats_row& row, const gateway_figures* gateways) {
  cells out{
      row.name.empty() ? "all" : shorten(printable(row.name), 40),
      std::to_string(row.received()),
      std::to_string(row.processed),
      std::to_string(row.ignored),
      std::to_string(row.duplicates),
      std::to_string(row.retrying + row.paused),
      std::to_string(row.dead),
      percent(row.success())};
  for (std::size_t i = 0; i < 3; ++i)
    out.push_back(row.seconds ? duration((*row.seconds)[i]) : "-");
  if (gateways) out.push_back(lower_bound(gateways->all_refused(), gateways->at_least));
  return out;
}

json_object row_json(const stats_row& row) {
  const auto part = [&](std::size_t i) {
    return row.seconds ? std::optional((*row.seconds)[i]) : std::nullopt;
  };
  json_object out;
  out.number("received", row.received()).number("processed", row.processed);
  out.number("ignored", row.ignored).number("duplicates", row.duplicates);
  out.number("retrying", row.retrying).number("paused", row.paused).number("dead", row.dead);
  out.real("success_rate", row.success());
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
      {report.by_hour ? "HOUR" : "TYPE", "RECEIVED", "PROCESSED", "IGNORED", "DUPLICATES",
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
             .object("deliveries", row_json(report.total))
             .object("gateways", figures_json(report.gateways))
             .list(report.by_hour ? "hours" : "types", rows)
             .object("pause", as_json(report.pause))
             .strings("unknown", report.unknown)
             .str() +
         "\n";
}

}  // namespace trunkline::ctl
