// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks deliveries [ID...]
#include <algorithm>
#include <cstdio>

#include "admin/webhooks/delivery_report.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/output.hpp"
#include "cli/webhooks/delivery_text.hpp"
#include "cli/webhooks/webhooks.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

constexpr const char* name = "webhooks deliveries";

struct settings {
  config::common_options common;
  openphone::settings provider;
  std::vector<std::string> ids;
  std::chrono::milliseconds since{std::chrono::hours(24)};
  std::string status = "any";
  int limit = 200, pages = 200;
  bool missing = false, redeliver = false, yes = false, json = false;
};

// Prints one line on stderr every two seconds.
class progress {
 public:
  void show(std::size_t count, const std::string& what) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds(2);
    std::fprintf(stderr, "%zu %s\n", count, what.c_str());
  }

 private:
  std::chrono::steady_clock::time_point next_ =
      std::chrono::steady_clock::now() + std::chrono::seconds(2);
};

log_query query_of(const settings& options) {
  log_query out{
      options.ids, options.since, options.status == "any" ? "" : options.status, {options.pages}};
  // A missing delivery may be anywhere in the log; a plain list needs only the lines to list.
  if (!options.missing && !options.redeliver)
    out.bounds.lines = static_cast<std::size_t>(options.limit) + 1;
  return out;
}

int redeliver(const settings& options, openphone::api& api, delivery_report& report) {
  const auto count = std::count_if(report.lines.begin(), report.lines.end(), needs_redelivery);
  if (count == 0) return 0;
  if (!options.yes && !confirmed("Request " + std::to_string(count) + " redeliveries?"))
    return report_error(
        name, "no redelivery requested: not confirmed; use --yes to skip the confirmation",
        exit_code::failed
    );
  progress shown;
  const auto failures = request_redeliveries(api, report, [&](std::size_t sent) {
    shown.show(sent, "of " + std::to_string(count) + " redeliveries requested");
  });
  int code = 0;
  for (const auto& failure : failures) code = report_error(name, failure);
  return code;
}

int show(const settings& options, openphone::api& api) {
  log_reading log;
  progress shown;
  const auto unread = read_logs(api, query_of(options), log, [&shown](std::size_t count) {
    shown.show(count, "deliveries read");
  });
  if (unread) return report_error(name, *unread);
  delivery_report report;
  report.limit = static_cast<std::size_t>(options.limit);
  report.only_missing = options.missing;
  if (const auto failed = locate_deliveries(options.common, log, report))
    return report_error(name, *failed);
  const int code = options.redeliver ? redeliver(options, api, report) : 0;
  std::fputs((options.json ? as_json(report) : as_text(report)).c_str(), stdout);
  if (code == 0 && !report.redis_error.empty() && report.count(place::unknown) > 0)
    return report_error(
        name, report.redis_error + "; deliveries without a row may wait there", exit_code::unknown
    );
  return code;
}

int run(const settings& options) {
  for (const auto& id : options.ids)
    if (!openphone::is_id(id) || openphone::generation_of(id) == openphone::generation::v1)
      return report_error(
          name, "'" + id + "' has no delivery log: only webhooks of the API 2026-03-30 have one",
          exit_code::usage
      );
  return with_api(name, options.provider, [&options](openphone::api& api) {
    return show(options, api);
  });
}

}  // namespace

config::command webhooks_deliveries() {
  auto options = std::make_shared<settings>();
  return {
      .name = name,
      .description = "Compare the provider's delivery log with the stored rows",
      .examples =
          "  trunkline webhooks deliveries --since 2h\n"
          "  trunkline webhooks deliveries 1024 --missing --since 7d\n"
          "  trunkline webhooks deliveries --missing --redeliver --yes\n"
          "A delivery is missing if it has no row, in any state, and does not wait in Redis.\n"
          "--redeliver requests the missing deliveries that the provider no longer retries, listed "
          "or\n"
          "not. It is harmless: a delivery that has arrived meanwhile is recognised by its id.\n"
          "Exit codes: 0 listed, 1 failed or not confirmed, 3 provider, PostgreSQL or Redis\n"
          "unreachable, 64 usage error, 78 no API key.\n",
      .declare =
          [options](config::option_set& set, config::arguments& words) {
            words.several("ID", options->ids, "Ids of webhooks (default: all that have a log)");
            set.duration(
                "since", options->since, "Maximum age of deliveries to read",
                std::chrono::seconds(1), std::chrono::hours(24 * 90)
            );
            set.choice(
                "status", options->status, "Status at the provider",
                {"any", "success", "pending", "sending", "failed"}
            );
            set.integer("limit", options->limit, "Maximum deliveries to list", 1, 10000);
            set.integer(
                "pages", options->pages, "Maximum pages of 50 deliveries to read per webhook", 1,
                10000
            );
            set.flag("missing", options->missing, "List missing deliveries only");
            set.flag("redeliver", options->redeliver, "Request redelivery of missing deliveries");
            set.flag("yes", options->yes, "Skip the confirmation");
            set.flag("json", options->json, "Print one JSON object");
            declare_api(set, options->provider);
            set.per_call({"since", "status", "limit", "pages", "missing", "redeliver", "yes"});
            config::add_common(set, options->common, config::uses::both);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
