// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks test ID
#include <cstdio>
#include <thread>

#include "cli/output.hpp"
#include "common/text/units.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/webhooks/trial.hpp"

namespace trunkline::cli {
namespace {

using std::chrono::steady_clock;

struct settings {
  config::common_options common;
  openphone::settings provider;
  std::string id, event = "message.received";
  std::chrono::milliseconds wait{30000};
  bool json = false;
};

void print_json(
    const settings& given, const std::string& event_id, const std::optional<arrival>& found,
    const whereabouts& where, std::chrono::milliseconds took
) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional(value);
  };
  std::puts(json_object()
                .text("webhook", given.id)
                .text("event_type", given.event)
                .text("event_id", text(event_id))
                .boolean("arrived", found.has_value())
                .text("delivery", text(found ? found->delivery : where.delivery))
                .text("row", found ? std::optional(found->row) : std::nullopt)
                .text("state", found ? std::optional(found->state) : std::nullopt)
                .text("provider_status", text(where.status))
                .boolean("in_redis", found ? std::optional(false) : where.in_redis)
                .number("rejected_meanwhile", where.refused)
                .real("seconds", static_cast<double>(took.count()) / 1000)
                .str()
                .c_str());
}

int report(
    const settings& given, trial& test, const std::optional<arrival>& found,
    std::chrono::milliseconds took
) {
  const auto where = found ? whereabouts{} : test.search();
  if (given.json) print_json(given, test.event_id(), found, where, took);
  if (!found)
    return report_error(
        "webhooks test",
        "no test event after " + format_duration(given.wait) + where.sentence() +
            "; see 'trunkline queue', and the gateway's log for a rejected signature",
        exit_code::failed
    );
  if (!given.json)
    std::printf(
        "arrived after %s: row %s, %s\n", describe_age(took).c_str(), found->row.c_str(),
        found->state.c_str()
    );
  return as_int(exit_code::ok);
}

int ask_and_wait(const settings& given, openphone::api& api) {
  trial test("webhooks test", api, given.common, given.id, given.event);
  if (const int code = test.prepare(); code != 0) return code;
  const auto start = steady_clock::now();
  if (const int code = test.ask(); code != 0) return code;
  for (;;) {
    std::optional<arrival> found;
    if (const int code = test.look(found); code != 0) return code;
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
    if (found || took >= given.wait) return report(given, test, found, took);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

int run(const settings& given) {
  if (!openphone::is_id(given.id))
    return report_error("webhooks test", "missing ID; 'trunkline webhooks list' shows the ids", exit_code::usage);
  if (openphone::generation_of(given.id) == openphone::generation::v1)
    return report_error(
        "webhooks test",
        "v1 has no test events; use 'trunkline send full', or send a text message to one of your "
        "own numbers",
        exit_code::usage
    );
  return with_api("webhooks test", given.provider, [&given](openphone::api& api) {
    return ask_and_wait(given, api);
  });
}

}  // namespace

config::command webhooks_test() {
  auto given = std::make_shared<settings>();
  return {
      .name = "webhooks test",
      .description = "Request a test event and wait for its row",
      .examples =
          "  trunkline webhooks test 1024\n"
          "  trunkline webhooks test 1024 --event call.completed --wait 1m --json\n"
          "The event passes provider, TLS proxy, gateway, Redis, worker and PostgreSQL. Its content is\n"
          "the same each time, and its rows stay.\n"
          "Exit codes: 0 arrived, 1 timeout or failed, 3 provider, Redis or PostgreSQL unreachable,\n"
          "64 usage error, 78 no API key.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.one("ID", given->id, "Id of a webhook, as `webhooks list` shows it");
            options.text(
                "event", given->event, "Event type of the test event",
                {.value = "TYPE", .offers = openphone::default_events(openphone::generation::current)}
            );
            options.duration(
                "wait", given->wait, "Maximum wait for the row", std::chrono::milliseconds(0),
                std::chrono::hours(1)
            );
            options.flag("json", given->json, "Print one JSON object");
            declare_api(options, given->provider);
            options.per_call({"event", "wait"});
            config::add_common(options, given->common, config::uses::both);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
