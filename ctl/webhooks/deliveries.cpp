// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks deliveries [ID...]
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>

#include "common/base/units.hpp"
#include "ctl/verbs.hpp"
#include "ctl/webhooks/arrivals.hpp"
#include "ctl/webhooks/webhooks.hpp"

namespace trunkline::ctl {
namespace {

struct settings {
  config::common_options common;
  provider::settings provider;
  std::vector<std::string> ids;
  std::chrono::milliseconds since{std::chrono::hours(24)};
  std::string status = "any";
  int limit = 200;
  bool missing = false, redeliver = false, yes = false, json = false;
};

struct line {
  std::string hook;
  provider::delivery sent;
  std::optional<arrival> here;
  bool asked_again = false;
};

struct log_lines {
  std::vector<line> lines;
  bool more = false;
};

std::string utc_before(std::chrono::milliseconds age) {
  const std::time_t at = std::time(nullptr) - age.count() / 1000;
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
  return text;
}

// One page of a webhook's log with what we have of it. Nonzero: the exit code to leave with.
int add_page(
    const settings& given, database& db, const std::string& hook,
    const provider::delivery_page& page, log_lines& into
) {
  std::vector<std::string> ids;
  for (const auto& item : page.items) ids.push_back(item.id);
  const auto here = find_arrivals(db, ids);
  if (here.failure) return complain("webhooks deliveries", *here.failure);
  for (const auto& item : page.items) {
    const auto found = here.by_delivery.find(item.id);
    if (found != here.by_delivery.end() && given.missing) continue;
    if (into.lines.size() == static_cast<std::size_t>(given.limit)) {
      into.more = true;
      return 0;
    }
    into.lines.push_back(
        {hook, item, found == here.by_delivery.end() ? std::nullopt : std::optional(found->second),
         false}
    );
  }
  return 0;
}

int collect(
    const settings& given, provider::api& api, database& db, const std::string& hook,
    log_lines& into
) {
  provider::delivery_filter filter{
      given.status == "any" ? "" : given.status, "", utc_before(given.since), ""};
  for (;;) {
    const auto page = api.deliveries(hook, filter);
    if (!page.ok()) return complain("webhooks deliveries", *page.wrong);
    if (const int code = add_page(given, db, hook, page.value, into); code != 0) return code;
    // A cursor that does not move would be no end.
    if (page.value.next.empty() || page.value.next == filter.after || into.more) return 0;
    filter.after = page.value.next;
  }
}

// What is missing and given up, or said to be done; the rest the provider still tries by itself.
bool wants_again(const line& each) {
  return !each.here && (each.sent.status == "failed" || each.sent.status == "success");
}

int redeliver(const settings& given, provider::api& api, log_lines& log) {
  const auto count = std::count_if(log.lines.begin(), log.lines.end(), wants_again);
  if (count == 0) return 0;
  if (!given.yes &&
      !confirmed("ask the provider for " + std::to_string(count) + " deliveries again?"))
    return complain(
        "webhooks deliveries", "nothing was asked for: not confirmed (--yes)", exit_code::failed
    );
  for (auto& each : log.lines) {
    if (!wants_again(each)) continue;
    const auto done = api.redeliver(each.hook, each.sent.id);
    if (!done.ok()) return complain("webhooks deliveries", *done.wrong);
    each.asked_again = true;
  }
  return 0;
}

std::optional<std::string> given_text(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void print_json(const log_lines& log) {
  std::vector<json_object> rows;
  for (const auto& each : log.lines)
    rows.push_back(json_object()
                       .text("webhook", each.hook)
                       .text("id", each.sent.id)
                       .text("event_id", given_text(each.sent.event_id))
                       .text("event_type", each.sent.event_type)
                       .text("status", each.sent.status)
                       .text("created_at", given_text(each.sent.created_at))
                       .text("next_attempt_at", given_text(each.sent.next_attempt_at))
                       .text("row", each.here ? std::optional(each.here->row) : std::nullopt)
                       .text("state", each.here ? std::optional(each.here->state) : std::nullopt)
                       .boolean("redelivery_asked", each.asked_again));
  std::puts(json_object().list("deliveries", rows).boolean("more", log.more).str().c_str());
}

void print_text(const log_lines& log) {
  std::vector<std::vector<std::string>> rows = {
      {"DELIVERY", "CREATED", "TYPE", "PROVIDER", "HERE", ""}};
  std::size_t missing = 0;
  for (const auto& each : log.lines) {
    missing += !each.here;
    rows.push_back(
        {printable(each.sent.id), printable(each.sent.created_at), printable(each.sent.event_type),
         printable(each.sent.status),
         each.here ? each.here->state + " " + each.here->row : "missing",
         each.asked_again ? "asked for again" : ""}
    );
  }
  if (!log.lines.empty()) std::fputs(table(rows).c_str(), stdout);
  std::printf("%zu deliveries, %zu missing here\n", log.lines.size(), missing);
  if (log.more) std::puts("... there are more: --limit N, or a shorter --since");
  if (missing > 0) std::puts("what came a moment ago may still wait in Redis: 'trunkline queue'");
}

int show(const settings& given, provider::api& api) {
  auto ids = given.ids;
  if (ids.empty()) {
    const auto hooks = api.list(provider::generation::current);
    if (!hooks.ok()) return complain("webhooks deliveries", *hooks.wrong);
    for (const auto& hook : hooks.value)
      if (hook.made_by == provider::generation::current) ids.push_back(hook.id);
  }
  database db(given.common.postgres, config::make_logger("webhooks", given.common));
  log_lines log;
  for (const auto& id : ids)
    if (const int code = collect(given, api, db, id, log); code != 0) return code;
  const int code = given.redeliver ? redeliver(given, api, log) : 0;
  given.json ? print_json(log) : print_text(log);
  return code;
}

int run(const settings& given) {
  for (const auto& id : given.ids)
    if (!provider::is_id(id) || provider::generation_of(id) == provider::generation::v1)
      return complain(
          "webhooks deliveries",
          "'" + id + "': only webhooks of the current API have a delivery log", exit_code::usage
      );
  return with_api("webhooks deliveries", given.provider, [&given](provider::api& api) {
    return show(given, api);
  });
}

}  // namespace

config::verb webhooks_deliveries() {
  auto given = std::make_shared<settings>();
  return {
      .name = "webhooks deliveries",
      .description = "The provider's delivery log beside what we have of each",
      .examples =
          "  trunkline webhooks deliveries --since 2h\n"
          "  trunkline webhooks deliveries 1024 --missing --since 7d\n"
          "  trunkline webhooks deliveries --missing --redeliver --yes\n"
          "--redeliver asks for those that are missing and that the provider does not try any "
          "more by\n"
          "itself. It is harmless: a delivery that came meanwhile is known by its id.\n"
          "Exit codes: 0 listed, 1 refused or not confirmed, 3 the provider or Postgres is away,\n"
          "64 wrong usage, 78 no API key.\n",
      .declare =
          [given](config::option_set& options, CLI::App& app) {
            app.add_option("ID", given->ids, "Ids of `webhooks list` (default: all with a log)");
            options.duration(
                "since", given->since, "How far back", std::chrono::seconds(1),
                std::chrono::hours(24 * 90)
            );
            options.choice(
                "status", given->status, "At the provider",
                {"any", "success", "pending", "sending", "failed"}
            );
            options.integer("limit", given->limit, "Most to list", 1, 10000);
            options.flag("missing", given->missing, "Only what we do not have");
            options.flag("redeliver", given->redeliver, "Ask for the missing ones again");
            options.flag("yes", given->yes, "Ask nothing");
            options.flag("json", given->json, "Print one JSON object");
            provider::declare(options, given->provider);
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::ctl
