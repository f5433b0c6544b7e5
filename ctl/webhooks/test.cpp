// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks test ID
#include <CLI/CLI.hpp>
#include <cstdio>
#include <thread>

#include "common/base/units.hpp"
#include "ctl/verbs.hpp"
#include "ctl/webhooks/arrivals.hpp"
#include "ctl/webhooks/webhooks.hpp"

namespace trunkline::ctl {
namespace {

using std::chrono::steady_clock;

struct settings {
  config::common_options common;
  provider::settings provider;
  std::string id, event = "message.received";
  std::chrono::milliseconds wait{30000};
  bool json = false;
};

// Where to look next, of what the provider's own log says.
std::string provider_side(provider::api& api, const settings& given, const std::string& event_id) {
  const auto page = api.deliveries(given.id, {"", given.event, "", ""});
  if (!page.ok()) return "";
  for (const auto& item : page.value.items)
    if (!event_id.empty() && item.event_id == event_id)
      return "; the provider's log says of " + item.id + ": " + item.status;
  return "; the provider's log does not have it yet";
}

int report(
    const settings& given, const std::string& event_id, const std::optional<arrival>& found,
    std::chrono::milliseconds took, const std::string& why
) {
  if (given.json)
    std::puts(json_object()
                  .text("webhook", given.id)
                  .text("event_type", given.event)
                  .text("event_id", event_id.empty() ? std::nullopt : std::optional(event_id))
                  .boolean("arrived", found.has_value())
                  .text("row", found ? std::optional(found->row) : std::nullopt)
                  .text("state", found ? std::optional(found->state) : std::nullopt)
                  .real("seconds", static_cast<double>(took.count()) / 1000)
                  .str()
                  .c_str());
  else if (found)
    std::printf(
        "arrived after %s: row %s, %s\n", describe_age(took).c_str(), found->row.c_str(),
        found->state.c_str()
    );
  if (found) return as_int(exit_code::ok);
  return complain(
      "webhooks test",
      "not here after " + format_duration(given.wait) + why +
          ". See 'trunkline queue', and the gateway's log for a refused signature",
      exit_code::failed
  );
}

int ask_and_wait(const settings& given, provider::api& api) {
  database db(given.common.postgres, config::make_logger("webhooks", given.common));
  std::optional<database_failure> trouble;
  const auto since = database_now(db, trouble);
  if (trouble) return complain("webhooks test", *trouble);
  const auto start = steady_clock::now();
  const auto asked = api.test(given.id, given.event);
  if (!asked.ok()) return complain("webhooks test", *asked.wrong);
  for (;;) {
    const auto here = find_test(db, since, asked.value, given.event);
    if (here.failure) return complain("webhooks test", *here.failure);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
    if (here.found) return report(given, asked.value, here.found, took, "");
    if (took >= given.wait)
      return report(given, asked.value, std::nullopt, took, provider_side(api, given, asked.value));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

int run(const settings& given) {
  if (!provider::is_id(given.id))
    return complain("webhooks test", "say which: an id of 'webhooks list'", exit_code::usage);
  if (provider::generation_of(given.id) == provider::generation::v1)
    return complain(
        "webhooks test",
        "v1 has no test events: 'trunkline send full' tests our side, a text message to one of "
        "your numbers all of it",
        exit_code::usage
    );
  return with_api("webhooks test", given.provider, [&given](provider::api& api) {
    return ask_and_wait(given, api);
  });
}

}  // namespace

config::verb webhooks_test() {
  auto given = std::make_shared<settings>();
  return {
      .name = "webhooks test",
      .description = "Have the provider send a test event, and wait until it is here",
      .examples =
          "  trunkline webhooks test 1024\n"
          "  trunkline webhooks test 1024 --event call.completed --wait 1m --json\n"
          "It goes the whole way: provider, TLS front, gateway, Redis, worker, Postgres.\n"
          "Exit codes: 0 arrived, 1 not in time or refused, 3 the provider or Postgres is away,\n"
          "64 wrong usage, 78 no API key.\n",
      .declare =
          [given](config::option_set& options, CLI::App& app) {
            app.add_option("ID", given->id, "Id of `webhooks list`");
            options.text("event", given->event, "Which event");
            options.duration(
                "wait", given->wait, "Give up after this", std::chrono::milliseconds(0),
                std::chrono::hours(1)
            );
            options.flag("json", given->json, "Print one JSON object");
            provider::declare(options, given->provider);
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::ctl
