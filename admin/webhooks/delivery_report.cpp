// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/delivery_report.hpp"

#include <algorithm>

#include "common/json/json_object.hpp"

namespace trunkline::admin {
namespace {

// Time limit of the whole Redis search.
constexpr std::chrono::milliseconds redis_time{3000};

std::optional<std::string> optional_text(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

json_object json_of(const delivery_line& each) {
  const auto& sent = each.log.sent;
  return json_object()
      .text("webhook", each.log.webhook)
      .text("id", sent.id)
      .text("event_id", optional_text(sent.event_id))
      .text("event_type", sent.event_type)
      .text("status", sent.status)
      .text("created_at", optional_text(sent.created_at))
      .text("next_attempt_at", optional_text(sent.next_attempt_at))
      .text("place", std::string(to_string(each.here.where)))
      .text("row", optional_text(each.here.row.row))
      .text("state", optional_text(each.here.row.state))
      .text("entry", optional_text(each.here.entry))
      .boolean("redelivery_requested", each.redelivery_requested);
}

}  // namespace

std::size_t delivery_report::count(place where) const {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(),
      [where](const delivery_line& each) { return each.here.where == where; }
  ));
}

std::size_t delivery_report::redeliveries_requested() const {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(),
      [](const delivery_line& each) { return each.redelivery_requested; }
  ));
}

delivery_list list_of(const delivery_report& report) {
  delivery_list out;
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

std::string as_json(const delivery_report& report) {
  const auto listed = list_of(report);
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
             .number("redeliveries_requested", number(report.redeliveries_requested()))
             .str() +
         "\n";
}

std::optional<webhook_error> read_logs(
    openphone::api& api, const log_query& query, log_reading& into,
    const std::function<void(std::size_t)>& progress
) {
  auto ids = query.webhooks;
  if (ids.empty()) {
    const auto webhooks = api.list(openphone::generation::current);
    if (!webhooks.ok()) return *webhooks.error;
    for (const auto& webhook : webhooks.value)
      if (webhook.api_generation == openphone::generation::current) ids.push_back(webhook.id);
  }
  const openphone::delivery_filter filter{
      query.status, "", provider_time_before(query.max_age), ""};
  for (const auto& id : ids) {
    read_log(api, id, filter, query.bounds, into, progress);
    if (into.error) return *into.error;
  }
  return std::nullopt;
}

std::optional<webhook_error> locate_deliveries(
    const config::common_options& common, const log_reading& log, delivery_report& into
) {
  std::vector<openphone::delivery> deliveries;
  for (const auto& line : log.lines) deliveries.push_back(line.sent);
  database db(common.postgres, config::make_logger("webhooks", common));
  stream_scan redis(common);
  auto located = locate(db, redis, deliveries, redis_time);
  if (located.failure) return *located.failure;
  for (std::size_t i = 0; i < log.lines.size(); ++i)
    into.lines.push_back({log.lines[i], std::move(located.of[i]), false});
  into.log_cut = log.cut;
  into.whole_queue = located.whole_queue;
  into.redis_error = std::move(located.redis_error);
  return std::nullopt;
}

bool needs_redelivery(const delivery_line& each) {
  const auto& status = each.log.sent.status;
  return each.here.where == place::missing && (status == "failed" || status == "success");
}

std::vector<openphone::failure> request_redeliveries(
    openphone::api& api, delivery_report& report, const std::function<void(std::size_t)>& progress
) {
  std::vector<openphone::failure> failures;
  std::size_t count = 0;
  for (auto& each : report.lines) {
    if (!needs_redelivery(each)) continue;
    const auto done = api.redeliver(each.log.webhook, each.log.sent.id);
    each.redelivery_requested = done.ok();
    progress(++count);
    if (done.ok()) continue;
    failures.push_back(*done.error);
    if (done.error->unreachable) break;
  }
  return failures;
}

}  // namespace trunkline::admin
