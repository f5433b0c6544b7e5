// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks list
#include <algorithm>
#include <cstdio>

#include "cli/output.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  openphone::settings provider;
  std::string api = "all", user, url;
  bool json = false;
};

// A line of a terminal does not hold all twelve names; --json does.
std::string some(std::vector<std::string> events) {
  constexpr std::size_t most = 2;
  if (events.size() <= most + 1) return joined(events);
  const auto more = std::to_string(events.size() - most);
  events.resize(most);
  return joined(events) + " and " + more + " more";
}

int print(const settings& given, const std::vector<openphone::webhook>& hooks) {
  if (given.json) {
    std::vector<json_object> rows;
    for (const auto& hook : hooks) rows.push_back(to_json(hook));
    std::puts(json_object().list("webhooks", rows).str().c_str());
    return as_int(exit_code::ok);
  }
  if (hooks.empty()) {
    std::puts("no webhooks");
    return as_int(exit_code::ok);
  }
  std::vector<std::vector<std::string>> rows = {{"ID", "API", "STATUS", "URL", "EVENTS"}};
  for (const auto& hook : hooks)
    rows.push_back(
        {printable(hook.id), std::string(openphone::to_string(hook.made_by)), printable(hook.status),
         shorten(printable(hook.url), 100), some(hook.events)}
    );
  std::fputs(table(rows).c_str(), stdout);
  return as_int(exit_code::ok);
}

int run(const settings& given) {
  return with_api("webhooks list", given.provider, [&given](openphone::api& api) {
    auto hooks = api.list(generations_of(given.api), given.user);
    if (!hooks.ok()) return report_error("webhooks list", *hooks.wrong);
    std::erase_if(hooks.value, [&given](const openphone::webhook& hook) {
      return !given.url.empty() && hook.url != given.url;
    });
    return print(given, hooks.value);
  });
}

}  // namespace

config::command webhooks_list() {
  auto given = std::make_shared<settings>();
  return {
      .name = "webhooks list",
      .description = "List the webhooks at the provider, of both APIs",
      .examples =
          "  trunkline webhooks list\n"
          "  trunkline webhooks list --url https://example.com/api/webhooks/openphone --json\n"
          "  trunkline webhooks list --api v1 --user US123abc\n"
          "Signing keys are never listed.\n"
          "Exit codes: 0 listed, even if there are none, 1 failed, 3 provider unreachable, 64 usage\n"
          "error, 78 no API key.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            declare_generation(options, given->api, true);
            declare_user(options, given->user);
            options.text("url", given->url, "List webhooks for this URL only", {.value = "URL"});
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"url"});
            declare_api(options, given->provider);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
