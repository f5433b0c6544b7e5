// SPDX-License-Identifier: Apache-2.0
// trunkline recordings CALL
#include <cstdio>

#include "cli/output.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  openphone::settings provider;
  std::string call, api = "v1";
  bool json = false;
};

// The id itself, or an API link that ends in it as activities.recording_url may hold.
std::string call_id(const std::string& given) {
  const std::string path = given.substr(0, given.find_first_of("?#"));
  return path.starts_with("https://") ? path.substr(path.rfind('/') + 1) : path;
}

int print(const settings& given, const std::vector<openphone::recording>& all) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional(value);
  };
  if (given.json) {
    std::vector<json_object> rows;
    for (const auto& each : all)
      rows.push_back(json_object()
                         .text("id", text(each.id))
                         .text("status", text(each.status))
                         .text("url", text(each.url))
                         .text("type", text(each.type))
                         .text("start_time", text(each.start_time))
                         .real("duration_seconds", each.duration));
    std::puts(json_object().text("call", call_id(given.call)).list("recordings", rows).str().c_str()
    );
  } else {
    for (const auto& each : all)
      std::printf(
          "%s  %s  %s\n", printable(each.id).c_str(), printable(each.status).c_str(),
          each.url.empty() ? "(no link)" : printable(each.url).c_str()
      );
  }
  if (!all.empty()) return as_int(exit_code::ok);
  return report_error("recordings", "the provider has no recording of this call", exit_code::failed);
}

int run(const settings& given) {
  if (!openphone::is_id(call_id(given.call)))
    return report_error("recordings", "give the id of a call, or its API link", exit_code::usage);
  return with_api("recordings", given.provider, [&given](openphone::api& api) {
    const auto all = api.recordings(generations_of(given.api).front(), call_id(given.call));
    if (!all.ok()) return report_error("recordings", *all.wrong);
    return print(given, all.value);
  });
}

}  // namespace

config::command recordings() {
  auto given = std::make_shared<settings>();
  return {
      .name = "recordings",
      .description = "Resolve the recordings of a call to links that can be played now",
      .examples =
          "  trunkline recordings AC123abc\n"
          "  trunkline recordings https://api.openphone.com/v1/call-recordings/AC123abc --json\n"
          "Links are signed and expire: fetch the file soon. Only --api-url is ever called, never "
          "the host\n"
          "of the link.\n"
          "Exit codes: 0 found, 1 none or refused, 3 the provider is away, 64 wrong usage, 78 no "
          "API key.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.one("CALL", given->call, "Id of a call, or its API link", config::needed::yes);
            declare_generation(options, given->api, false);
            options.flag("json", given->json, "Print one JSON object");
            declare_api(options, given->provider);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
