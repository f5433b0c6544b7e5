// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks test ID
#include <cstdio>
#include <thread>

#include "admin/webhooks/test_delivery.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/webhooks/delivery_text.hpp"
#include "cli/webhooks/webhooks.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

using std::chrono::steady_clock;

constexpr const char* name = "webhooks test";

struct settings {
  config::common_options common;
  openphone::settings provider;
  std::string id, event = "message.received";
  std::chrono::milliseconds wait{30000};
  bool json = false;
};

int print(const settings& options, const test_report& report) {
  if (options.json) std::puts(as_json(report).c_str());
  if (!report.found)
    return report_error(
        name,
        "no test event after " + format_duration(options.wait) + describe(report.location) +
            "; see 'trunkline queue', and the gateway's log for a rejected signature",
        exit_code::failed
    );
  if (!options.json)
    std::printf(
        "arrived after %s: row %s, %s\n", describe_age(report.waited).c_str(),
        report.found->row.c_str(), report.found->state.c_str()
    );
  return as_int(exit_code::ok);
}

int request_and_wait(const settings& options, openphone::api& api) {
  test_delivery test(api, options.common, options.id, options.event);
  if (const auto error = test.prepare()) return report_error(name, *error);
  const auto start = steady_clock::now();
  if (const auto error = test.request()) return report_error(name, *error);
  test_report report{options.id, options.event, test.event_id(), {}, {}, {}};
  for (;;) {
    if (const auto error = test.find(report.found)) return report_error(name, *error);
    report.waited =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
    if (report.found || report.waited >= options.wait) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  if (!report.found) report.location = test.locate();
  return print(options, report);
}

int run(const settings& options) {
  if (!openphone::is_id(options.id))
    return report_error(
        name, "missing ID; 'trunkline webhooks list' shows the ids", exit_code::usage
    );
  if (openphone::generation_of(options.id) == openphone::generation::v1)
    return report_error(
        name,
        "v1 has no test events; use 'trunkline send full', or send a text message to one of your "
        "own numbers",
        exit_code::usage
    );
  return with_api(name, options.provider, [&options](openphone::api& api) {
    return request_and_wait(options, api);
  });
}

}  // namespace

config::command webhooks_test() {
  auto options = std::make_shared<settings>();
  return {
      .name = name,
      .description = "Request a test event and wait for its row",
      .examples =
          "  trunkline webhooks test 1024\n"
          "  trunkline webhooks test 1024 --event call.completed --wait 1m --json\n"
          "The event passes provider, TLS proxy, gateway, Redis, worker and PostgreSQL. Its "
          "content is\n"
          "the same each time, and its rows stay.\n"
          "Exit codes: 0 arrived, 1 timeout or failed, 3 provider, Redis or PostgreSQL "
          "unreachable,\n"
          "64 usage error, 78 no API key.\n",
      .declare =
          [options](config::option_set& set, config::arguments& words) {
            words.one("ID", options->id, "Id of a webhook, as `webhooks list` shows it");
            set.text(
                "event", options->event, "Event type of the test event",
                {.value = "TYPE",
                 .offers = openphone::default_events(openphone::generation::current)}
            );
            set.duration(
                "wait", options->wait, "Maximum wait for the row", std::chrono::milliseconds(0),
                std::chrono::hours(1)
            );
            set.flag("json", options->json, "Print one JSON object");
            declare_api(set, options->provider);
            set.per_call({"event", "wait"});
            config::add_common(set, options->common, config::uses::both);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
