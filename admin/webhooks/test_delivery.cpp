// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/test_delivery.hpp"

#include <algorithm>

#include "admin/webhooks/delivery_log.hpp"
#include "common/json/json_object.hpp"
#include "parse/normalise.hpp"

namespace trunkline::admin {

test_delivery::test_delivery(
    openphone::api& api, const config::common_options& common, std::string webhook_id,
    std::string event_type
)
    : api_(api),
      webhook_id_(std::move(webhook_id)),
      event_type_(std::move(event_type)),
      db_(common.postgres, config::make_logger("webhooks", common)),
      redis_(common) {}

openphone::result<openphone::delivery_page> test_delivery::read_provider_log() {
  // The provider retries for this long: an earlier test event may still arrive.
  const auto since = provider_time_before(std::chrono::hours(28));
  return api_.deliveries(webhook_id_, {"", event_type_, since, ""});
}

std::optional<webhook_error> test_delivery::prepare() {
  std::optional<database_failure> failure;
  row_ = newest_row(db_, failure);
  if (failure) return *failure;
  entry_ = redis_.newest();
  if (entry_.empty()) return redis_unreachable{redis_.error()};
  rejected_ = redis_.rejected();
  // A failure is ignored: row and entry suffice.
  const auto log = read_provider_log();
  for (const auto& item : log.value.items) known_.insert(item.id);
  return std::nullopt;
}

std::optional<webhook_error> test_delivery::request() {
  const auto sent = api_.test(webhook_id_, event_type_);
  if (!sent.ok()) return *sent.error;
  event_id_ = sent.value;
  return std::nullopt;
}

std::optional<webhook_error> test_delivery::find(std::optional<delivery_row>& found) {
  const auto rows = find_test_rows(db_, row_, event_id_, event_type_);
  if (rows.failure) return *rows.failure;
  for (const auto& each : rows.found)
    if (is_later_entry(each.entry, entry_) && !known_.contains(each.delivery)) found = each;
  return std::nullopt;
}

delivery_location test_delivery::locate() {
  delivery_location out;
  const auto log = read_provider_log();
  out.log_read = log.ok();
  std::string newest;
  for (const auto& item : log.value.items) {
    const bool is_test = item.event_id.empty() || item.event_id == event_id_;
    if (!is_test || known_.contains(item.id) || item.created_at < newest) continue;
    newest = item.created_at;
    out.delivery = item.id;
    out.status = item.status;
  }
  search_stream(out);
  count_rejections(out);
  return out;
}

void test_delivery::search_stream(delivery_location& out) {
  bool found = false;
  const auto visit = [this, &found](const stream::entry& entry) {
    if (!entry.content || known_.contains(entry.content->provider_delivery_id)) return;
    const auto event = parse::normalise(entry.content->body);
    found = found ||
            (event_id_.empty() ? event.event_type == event_type_ : event.event_id == event_id_);
  };
  const bool all =
      redis_.each_after(entry_, std::chrono::milliseconds(1500), visit, [&found] { return found; });
  if (found || all) out.in_redis = found;
}

void test_delivery::count_rejections(delivery_location& out) {
  std::map<std::string, std::int64_t> by_reason;
  for (const auto& [minute_and_reason, count] : redis_.rejected()) {
    const auto before = rejected_.find(minute_and_reason);
    const auto more = count - (before == rejected_.end() ? 0 : before->second);
    if (more > 0) by_reason[minute_and_reason.second] += more;
  }
  for (const auto& [reason, count] : by_reason) {
    out.rejected += count;
    out.rejected_by_reason +=
        (out.rejected_by_reason.empty() ? "" : ", ") + reason + " " + std::to_string(count);
  }
}

std::string as_json(const test_report& report) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional(value);
  };
  const auto& [found, location] = std::tie(report.found, report.location);
  return json_object()
      .text("webhook", report.webhook)
      .text("event_type", report.event_type)
      .text("event_id", text(report.event_id))
      .boolean("arrived", found.has_value())
      .text("delivery", text(found ? found->delivery : location.delivery))
      .text("row", found ? std::optional(found->row) : std::nullopt)
      .text("state", found ? std::optional(found->state) : std::nullopt)
      .text("provider_status", text(location.status))
      .boolean("in_redis", found ? std::optional(false) : location.in_redis)
      .number("rejected_meanwhile", location.rejected)
      .real("seconds", static_cast<double>(report.waited.count()) / 1000)
      .str();
}

}  // namespace trunkline::admin
