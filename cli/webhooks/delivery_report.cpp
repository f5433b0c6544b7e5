// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/delivery_report.hpp"

#include <algorithm>

#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

struct listing {
  std::vector<const delivery_line*> lines;
  bool more = false;
};

listing to_list(const delivery_report& report) {
  listing out;
  for (const auto& each : report.lines) {
    const bool here = each.here.where == place::row || each.here.where == place::queue;
    if (report.only_missing && here) continue;
    if (out.lines.size() == report.limit) {
      out.more = true;
      break;
    }
    out.lines.push_back(&each);
  }
  return out;
}

std::string here_text(const located& here) {
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

std::optional<std::string> given_text(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

json_object json_of(const delivery_line& each) {
  const auto& sent = each.log.sent;
  return json_object()
      .text("webhook", each.log.hook)
      .text("id", sent.id)
      .text("event_id", given_text(sent.event_id))
      .text("event_type", sent.event_type)
      .text("status", sent.status)
      .text("created_at", given_text(sent.created_at))
      .text("next_attempt_at", given_text(sent.next_attempt_at))
      .text("place", std::string(to_string(each.here.where)))
      .text("row", given_text(each.here.row.row))
      .text("state", given_text(each.here.row.state))
      .text("entry", given_text(each.here.entry))
      .boolean("redelivery_requested", each.asked_again);
}

std::string notes(const delivery_report& report, bool more) {
  std::string out;
  if (more) out += "more deliveries match; raise --limit\n";
  if (report.log_cut)
    out +=
        "the provider's log was not read to its end; raise --limit or --pages, or lower "
        "--since\n";
  if (report.count(place::unknown) > 0 && report.redis_problem.empty())
    out +=
        "Redis has more entries than were searched; deliveries without a row may be among them; "
        "try again when the queue is shorter\n";
  return out;
}

}  // namespace

std::size_t delivery_report::count(place where) const {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(),
      [where](const delivery_line& each) { return each.here.where == where; }
  ));
}

std::size_t delivery_report::asked_again() const {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [](const delivery_line& each) { return each.asked_again; }
  ));
}

std::string as_text(const delivery_report& report) {
  const auto listed = to_list(report);
  std::vector<std::vector<std::string>> rows = {
      {"DELIVERY", "CREATED", "TYPE", "PROVIDER", "TRUNKLINE", ""}};
  for (const auto* each : listed.lines) {
    const auto& sent = each->log.sent;
    rows.push_back(
        {printable(sent.id), printable(sent.created_at), printable(sent.event_type),
         printable(sent.status), here_text(each->here), each->asked_again ? "redelivery requested" : ""}
    );
  }
  std::string out = listed.lines.empty() ? "" : table(rows);
  out += std::to_string(report.lines.size()) + " deliveries, " +
         std::to_string(report.count(place::missing)) + " missing";
  if (const auto waiting = report.count(place::queue); waiting > 0)
    out += ", " + std::to_string(waiting) + " waiting in Redis";
  if (const auto unknown = report.count(place::unknown); unknown > 0)
    out += ", " + std::to_string(unknown) + " unknown";
  if (const auto asked = report.asked_again(); asked > 0)
    out += ", " + std::to_string(asked) + " redeliveries requested";
  return out + "\n" + notes(report, listed.more);
}

std::string as_json(const delivery_report& report) {
  const auto listed = to_list(report);
  std::vector<json_object> rows;
  for (const auto* each : listed.lines) rows.push_back(json_of(*each));
  const auto number = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  return json_object()
             .list("deliveries", rows)
             .boolean("more", listed.more)
             .number("read", number(report.lines.size()))
             .boolean("log_cut", report.log_cut)
             .boolean("queue_searched", report.whole_queue)
             .number("missing", number(report.count(place::missing)))
             .number("waiting", number(report.count(place::queue)))
             .number("unknown", number(report.count(place::unknown)))
             .number("redeliveries_requested", number(report.asked_again()))
             .str() +
         "\n";
}

}  // namespace trunkline::cli
