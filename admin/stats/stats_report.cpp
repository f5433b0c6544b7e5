// SPDX-License-Identifier: Apache-2.0
#include "admin/stats/stats_report.hpp"

#include <cmath>

#include "common/json/json_object.hpp"

namespace trunkline::admin {
namespace {

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

json_object counters_json(const gateway_counters& counters) {
  json_object reasons;
  for (const auto& [reason, count] : counters.rejected) reasons.number(reason, count);
  return json_object()
      .number("accepted", counters.accepted)
      .number("rejected", counters.all_rejected())
      .object("rejected_by_reason", reasons)
      .boolean("at_least", counters.at_least);
}

}  // namespace

double rounded_down(double share, double parts) {
  return std::floor(share * parts + 1e-9) / parts;
}

const gateway_counters& hour_of(const stats_report& report, const std::string& name) {
  static const gateway_counters none;
  const auto found = report.gateway_hours.find(name);
  return found == report.gateway_hours.end() ? none : found->second;
}

void stats_row::add(const stats_row& other) {
  events += other.events;
  processed += other.processed;
  ignored += other.ignored;
  retrying += other.retrying;
  dead += other.dead;
  duplicates += other.duplicates;
  took.add(other.took);
}

void gateway_counters::add(const std::string& counter, std::int64_t count) {
  if (counter == "accepted") accepted += count;
  if (counter == "at_least") at_least = at_least || count > 0;
  if (counter.starts_with("refused:")) rejected[counter.substr(8)] += count;
}

std::int64_t gateway_counters::all_rejected() const {
  std::int64_t sum = 0;
  for (const auto& [reason, count] : rejected) sum += count;
  return sum;
}

std::string as_json(const stats_report& report) {
  std::vector<json_object> rows;
  for (const auto& row : report.rows) {
    json_object out;
    out.text(report.by_hour ? "hour" : "type", row.name).object("deliveries", row_json(row));
    if (report.by_hour) out.object("gateways", counters_json(hour_of(report, row.name)));
    rows.push_back(out);
  }
  return json_object()
             .text("since", report.since)
             .text(
                 "counted_since",
                 report.counted_since.empty() ? std::nullopt : std::optional(report.counted_since)
             )
             .object("deliveries", row_json(report.total))
             .object("gateways", counters_json(report.gateways))
             .list(report.by_hour ? "hours" : "types", rows)
             .object("pause", as_json(report.pause))
             .strings("unknown", report.unknown)
             .str() +
         "\n";
}

}  // namespace trunkline::admin
