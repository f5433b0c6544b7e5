// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks list
#include <cstdio>

#include "admin/webhooks/webhook_json.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  openphone::settings provider;
  std::string api = "all", user, url;
  bool json = false;
};

// Abbreviates the events to fit a line of a terminal; --json has all of them.
std::string some(std::vector<std::string> events) {
  constexpr std::size_t max_shown = 2;
  if (events.size() <= max_shown + 1) return joined(events);
  const auto more = std::to_string(events.size() - max_shown);
  events.resize(max_shown);
  return joined(events) + " and " + more + " more";
}

int print(const settings& options, const std::vector<openphone::webhook>& webhooks) {
  if (options.json) {
    std::puts(as_json(webhooks).c_str());
    return as_int(exit_code::ok);
  }
  if (webhooks.empty()) {
    std::puts("no webhooks");
    return as_int(exit_code::ok);
  }
  std::vector<std::vector<std::string>> rows = {{"ID", "API", "STATUS", "URL", "EVENTS"}};
  for (const auto& webhook : webhooks)
    rows.push_back(
        {printable(webhook.id), std::string(openphone::to_string(webhook.api_generation)),
         printable(webhook.status), shorten(printable(webhook.url), 100), some(webhook.events)}
    );
  std::fputs(table(rows).c_str(), stdout);
  return as_int(exit_code::ok);
}

int run(const settings& options) {
  return with_api("webhooks list", options.provider, [&options](openphone::api& api) {
    auto webhooks = api.list(generations_of(options.api), options.user);
    if (!webhooks.ok()) return report_error("webhooks list", *webhooks.error);
    std::erase_if(webhooks.value, [&options](const openphone::webhook& webhook) {
      return !options.url.empty() && webhook.url != options.url;
    });
    return print(options, webhooks.value);
  });
}

}  // namespace

config::command webhooks_list() {
  auto options = std::make_shared<settings>();
  return {
      .name = "webhooks list",
      .description = "List the webhooks at the provider, of both APIs",
      .examples =
          "  trunkline webhooks list\n"
          "  trunkline webhooks list --url https://example.com/api/webhooks/openphone --json\n"
          "  trunkline webhooks list --api v1 --user US123abc\n"
          "Signing keys are never listed.\n"
          "Exit codes: 0 listed, even if there are none, 1 failed, 3 provider unreachable, 64 "
          "usage\n"
          "error, 78 no API key.\n",
      .declare =
          [options](config::option_set& set, config::arguments&) {
            declare_generation(set, options->api, true);
            declare_user(set, options->user);
            set.text("url", options->url, "List webhooks for this URL only", {.value = "URL"});
            set.flag("json", options->json, "Print one JSON object");
            set.per_call({"url"});
            declare_api(set, options->provider);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
