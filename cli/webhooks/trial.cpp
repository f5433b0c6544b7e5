// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/trial.hpp"
#include "cli/output.hpp"
#include "parse/normalise.hpp"

#include <algorithm>


namespace trunkline::cli {

trial::trial(
    std::string command, openphone::api& api, const config::common_options& common, std::string hook,
    std::string event_type
)
    : verb_(std::move(command)),
      hook_(std::move(hook)),
      event_type_(std::move(event_type)),
      api_(api),
      db_(common.postgres, config::make_logger("webhooks", common)),
      redis_(common) {}

openphone::answer<openphone::delivery_page> trial::log_of_provider() {
  // An earlier one may still be tried again for as long as the provider tries at all.
  return api_.deliveries(hook_, {"", event_type_, utc_before(std::chrono::hours(28)), ""});
}

int trial::prepare() {
  std::optional<database_failure> trouble;
  row_ = newest_row(db_, trouble);
  if (trouble) return report_error(verb_, *trouble);
  entry_ = redis_.newest();
  if (entry_.empty()) return report_error(verb_, redis_.problem(), exit_code::unknown);
  refused_ = redis_.refused();
  const auto log = log_of_provider();  // without it the rest still tells
  for (const auto& item : log.value.items) known_.insert(item.id);
  return 0;
}

int trial::ask() {
  const auto asked = api_.test(hook_, event_type_);
  if (!asked.ok()) return report_error(verb_, *asked.wrong);
  event_id_ = asked.value;
  return 0;
}

int trial::look(std::optional<arrival>& found) {
  const auto here = find_tests(db_, row_, event_id_, event_type_);
  if (here.failure) return report_error(verb_, *here.failure);
  for (const auto& each : here.found)
    if (is_later_entry(each.entry, entry_) && !known_.contains(each.delivery)) found = each;
  return 0;
}

whereabouts trial::search() {
  whereabouts out;
  const auto log = log_of_provider();
  out.log_read = log.ok();
  std::string newest;
  for (const auto& item : log.value.items) {
    const bool sample = item.event_id.empty() || item.event_id == event_id_;
    if (!sample || known_.contains(item.id) || item.created_at < newest) continue;
    newest = item.created_at;
    out.delivery = item.id;
    out.status = item.status;
  }
  search_stream(out);
  count_refusals(out);
  return out;
}

void trial::search_stream(whereabouts& out) {
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

void trial::count_refusals(whereabouts& out) {
  std::map<std::string, std::int64_t> by_reason;
  for (const auto& [what, count] : redis_.refused()) {
    const auto before = refused_.find(what);
    const auto more = count - (before == refused_.end() ? 0 : before->second);
    if (more > 0) by_reason[what.second] += more;
  }
  for (const auto& [reason, count] : by_reason) {
    out.refused += count;
    out.refused_by_reason +=
        (out.refused_by_reason.empty() ? "" : ", ") + reason + " " + std::to_string(count);
  }
}

std::string whereabouts::sentence() const {
  std::string out;
  if (!log_read)
    out += "; the provider's log cannot be read";
  else if (delivery.empty())
    out += "; the provider's log does not contain it yet";
  else
    out += "; the provider's log shows " + delivery + ": " + status;
  if (in_redis.value_or(false)) out += "; it waits in Redis for a worker";
  if (refused > 0)
    out += "; requests rejected meanwhile: " + std::to_string(refused) + " (" + refused_by_reason +
           ")";
  return out;
}

}  // namespace trunkline::cli
