// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/delivery_text.hpp"

namespace trunkline::cli {
namespace {

std::string text_of(const located_delivery& here) {
  switch (here.where) {
    case place::row:
      return here.row.state + " " + here.row.row;
    case place::queue:
      return "waits in Redis";
    case place::missing:
      return "missing";
    default:
      return "no row";
  }
}

std::string notes(const delivery_report& report, bool more) {
  std::string out;
  if (more) out += "more deliveries match; raise --limit\n";
  if (report.log_cut)
    out +=
        "the provider's log was not read to its end; raise --limit or --pages, or lower "
        "--since\n";
  if (report.count(place::unknown) > 0 && report.redis_error.empty())
    out +=
        "Redis has more entries than were searched; deliveries without a row may be among them; "
        "try again when the queue is shorter\n";
  return out;
}

}  // namespace

std::string as_text(const delivery_report& report) {
  const auto listed = list_of(report);
  std::vector<std::vector<std::string>> rows = {
      {"DELIVERY", "CREATED", "TYPE", "PROVIDER", "TRUNKLINE", ""}};
  for (const auto* each : listed.lines) {
    const auto& sent = each->log.sent;
    rows.push_back(
        {printable(sent.id), printable(sent.created_at), printable(sent.event_type),
         printable(sent.status), text_of(each->here),
         each->redelivery_requested ? "redelivery requested" : ""}
    );
  }
  std::string out = listed.lines.empty() ? "" : table(rows);
  out += std::to_string(report.lines.size()) + " deliveries, " +
         std::to_string(report.count(place::missing)) + " missing";
  if (const auto waiting = report.count(place::queue); waiting > 0)
    out += ", " + std::to_string(waiting) + " waiting in Redis";
  if (const auto unknown = report.count(place::unknown); unknown > 0)
    out += ", " + std::to_string(unknown) + " unknown";
  if (const auto requested = report.redeliveries_requested(); requested > 0)
    out += ", " + std::to_string(requested) + " redeliveries requested";
  return out + "\n" + notes(report, listed.more);
}

std::string describe(const delivery_location& location) {
  std::string out;
  if (!location.log_read)
    out += "; the provider's log cannot be read";
  else if (location.delivery.empty())
    out += "; the provider's log does not contain it yet";
  else
    out += "; the provider's log shows " + location.delivery + ": " + location.status;
  if (location.in_redis.value_or(false)) out += "; it waits in Redis for a worker";
  if (location.rejected > 0)
    out += "; requests rejected meanwhile: " + std::to_string(location.rejected) + " (" +
           location.rejected_by_reason + ")";
  return out;
}

}  // namespace trunkline::cli
