// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks deliveries [ID...]
#include <algorithm>
#include <cstdio>

#include "cli/output.hpp"
#include "common/text/units.hpp"
#include "cli/confirm.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "admin/webhooks/delivery_log.hpp"
#include "cli/webhooks/delivery_report.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {
namespace {

constexpr const char* name = "webhooks deliveries";
// Of the whole look through Redis: a queue that takes longer is told to be too long.
constexpr std::chrono::milliseconds redis_time{3000};

struct settings {
  config::common_options common;
  openphone::settings provider;
  std::vector<std::string> ids;
  std::chrono::milliseconds since{std::chrono::hours(24)};
  std::string status = "any";
  int limit = 200, pages = 200;
  bool missing = false, redeliver = false, yes = false, json = false;
};

// A line on stderr each two seconds.
class progress {
 public:
  void tell(std::size_t count, const char* of_what) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds(2);
    std::fprintf(stderr, "%zu %s\n", count, of_what);
  }

 private:
  std::chrono::steady_clock::time_point next_ =
      std::chrono::steady_clock::now() + std::chrono::seconds(2);
};

// Not 0: the exit code to leave with.
int collect(const settings& given, openphone::api& api, log_reading& into) {
  auto ids = given.ids;
  if (ids.empty()) {
    const auto hooks = api.list(openphone::generation::current);
    if (!hooks.ok()) return report_error(name, *hooks.wrong);
    for (const auto& hook : hooks.value)
      if (hook.made_by == openphone::generation::current) ids.push_back(hook.id);
  }
  const openphone::delivery_filter filter{
      given.status == "any" ? "" : given.status, "", utc_before(given.since), ""};
  log_bounds most{given.pages};
  // Gaps may lie anywhere; a plain list needs no more than is listed.
  if (!given.missing && !given.redeliver) most.lines = static_cast<std::size_t>(given.limit) + 1;
  progress shown;
  for (const auto& id : ids) {
    read_log(api, id, filter, most, into, [&shown](std::size_t count) {
      shown.tell(count, "deliveries read");
    });
    if (into.wrong) return report_error(name, *into.wrong);
  }
  return 0;
}

int find_places(const settings& given, const log_reading& log, delivery_report& into) {
  std::vector<openphone::delivery> deliveries;
  for (const auto& line : log.lines) deliveries.push_back(line.sent);
  database db(given.common.postgres, config::make_logger("webhooks", given.common));
  stream_look redis(given.common);
  auto here = locate(db, redis, deliveries, redis_time);
  if (here.failure) return report_error(name, *here.failure);
  for (std::size_t i = 0; i < log.lines.size(); ++i)
    into.lines.push_back({log.lines[i], std::move(here.of[i]), false});
  into.log_cut = log.cut;
  into.whole_queue = here.whole_queue;
  into.redis_problem = std::move(here.redis_problem);
  return 0;
}

// What is missing and given up, or said to be done; the rest the provider still tries by itself.
bool wants_again(const delivery_line& each) {
  const auto& status = each.log.sent.status;
  return each.here.where == place::missing && (status == "failed" || status == "success");
}

int redeliver(const settings& given, openphone::api& api, delivery_report& report) {
  const auto count = std::count_if(report.lines.begin(), report.lines.end(), wants_again);
  if (count == 0) return 0;
  if (!given.yes &&
      !confirmed("Request " + std::to_string(count) + " redeliveries?"))
    return report_error(
        name, "no redelivery requested: not confirmed; use --yes to skip the confirmation",
        exit_code::failed
    );
  int code = 0;
  std::size_t tried = 0;
  progress shown;
  for (auto& each : report.lines) {
    if (!wants_again(each)) continue;
    const auto done = api.redeliver(each.log.hook, each.log.sent.id);
    each.asked_again = done.ok();
    shown.tell(++tried, ("of " + std::to_string(count) + " redeliveries requested").c_str());
    if (done.ok()) continue;
    code = report_error(name, *done.wrong);
    if (done.wrong->away) break;
  }
  return code;
}

int show(const settings& given, openphone::api& api) {
  log_reading log;
  if (const int code = collect(given, api, log); code != 0) return code;
  delivery_report report;
  report.limit = static_cast<std::size_t>(given.limit);
  report.only_missing = given.missing;
  if (const int code = find_places(given, log, report); code != 0) return code;
  const int code = given.redeliver ? redeliver(given, api, report) : 0;
  std::fputs((given.json ? as_json(report) : as_text(report)).c_str(), stdout);
  if (code == 0 && !report.redis_problem.empty() && report.count(place::unknown) > 0)
    return report_error(
        name, report.redis_problem + "; deliveries without a row may wait there", exit_code::unknown
    );
  return code;
}

int run(const settings& given) {
  for (const auto& id : given.ids)
    if (!openphone::is_id(id) || openphone::generation_of(id) == openphone::generation::v1)
      return report_error(
          "webhooks deliveries",
          "'" + id + "' has no delivery log: only webhooks of the API 2026-03-30 have one", exit_code::usage
      );
  return with_api("webhooks deliveries", given.provider, [&given](openphone::api& api) {
    return show(given, api);
  });
}

}  // namespace

config::command webhooks_deliveries() {
  auto given = std::make_shared<settings>();
  return {
      .name = "webhooks deliveries",
      .description = "Compare the provider's delivery log with the stored rows",
      .examples =
          "  trunkline webhooks deliveries --since 2h\n"
          "  trunkline webhooks deliveries 1024 --missing --since 7d\n"
          "  trunkline webhooks deliveries --missing --redeliver --yes\n"
          "A delivery is missing if it has no row, in any state, and does not wait in Redis.\n"
          "--redeliver requests the missing deliveries that the provider no longer retries, listed or\n"
          "not. It is harmless: a delivery that has arrived meanwhile is recognised by its id.\n"
          "Exit codes: 0 listed, 1 failed or not confirmed, 3 provider, PostgreSQL or Redis\n"
          "unreachable, 64 usage error, 78 no API key.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.several("ID", given->ids, "Ids of webhooks (default: all that have a log)");
            options.duration(
                "since", given->since, "Maximum age of deliveries to read", std::chrono::seconds(1),
                std::chrono::hours(24 * 90)
            );
            options.choice(
                "status", given->status, "Status at the provider",
                {"any", "success", "pending", "sending", "failed"}
            );
            options.integer("limit", given->limit, "Maximum deliveries to list", 1, 10000);
            options.integer(
                "pages", given->pages, "Maximum pages of 50 deliveries to read per webhook", 1, 10000
            );
            options.flag("missing", given->missing, "List missing deliveries only");
            options.flag("redeliver", given->redeliver, "Request redelivery of missing deliveries");
            options.flag("yes", given->yes, "Skip the confirmation");
            options.flag("json", given->json, "Print one JSON object");
            declare_api(options, given->provider);
            options.per_call({"since", "status", "limit", "pages", "missing", "redeliver", "yes"});
            config::add_common(options, given->common, config::uses::both);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
