// SPDX-License-Identifier: Apache-2.0
// trunkline recordings
#include <cstdio>

#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  openphone::settings provider;
  std::string call, api = "v1";
  bool json = false;
};

// Returns the id of a call. activities.recording_url may hold an API link that ends in it.
std::string call_id(const std::string& call) {
  const std::string path = call.substr(0, call.find_first_of("?#"));
  return path.starts_with("https://") ? path.substr(path.rfind('/') + 1) : path;
}

int print(const settings& options, const std::vector<openphone::recording>& all) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional(value);
  };
  if (options.json) {
    std::vector<json_object> rows;
    for (const auto& each : all)
      rows.push_back(json_object()
                         .text("id", text(each.id))
                         .text("status", text(each.status))
                         .text("url", text(each.url))
                         .text("type", text(each.type))
                         .text("start_time", text(each.start_time))
                         .real("duration_seconds", each.duration));
    std::puts(
        json_object().text("call", call_id(options.call)).list("recordings", rows).str().c_str()
    );
  } else {
    for (const auto& each : all)
      std::printf(
          "%s  %s  %s\n", printable(each.id).c_str(), printable(each.status).c_str(),
          each.url.empty() ? "(no link)" : printable(each.url).c_str()
      );
  }
  if (!all.empty()) return as_int(exit_code::ok);
  return report_error(
      "recordings", "the provider has no recordings of this call", exit_code::failed
  );
}

int run(const settings& options) {
  if (!openphone::is_id(call_id(options.call)))
    return report_error(
        "recordings", "CALL must be the id of a call or its API link", exit_code::usage
    );
  return with_api("recordings", options.provider, [&options](openphone::api& api) {
    const auto all = api.recordings(generations_of(options.api).front(), call_id(options.call));
    if (!all.ok()) return report_error("recordings", *all.error);
    return print(options, all.value);
  });
}

}  // namespace

config::command recordings() {
  auto options = std::make_shared<settings>();
  return {
      .name = "recordings",
      .description = "Print playable links to the recordings of a call",
      .examples =
          "  trunkline recordings AC123abc\n"
          "  trunkline recordings https://api.openphone.com/v1/call-recordings/AC123abc --json\n"
          "Links are signed and expire. Only --api-url is requested, never the host of an API "
          "link.\n"
          "Exit codes: 0 found, 1 none found or request rejected, 3 the provider is unreachable,\n"
          "64 usage error, 78 no API key.\n",
      .declare =
          [options](config::option_set& set, config::arguments& words) {
            words.one("CALL", options->call, "Id of a call, or its API link", config::needed::yes);
            declare_generation(set, options->api, false);
            set.flag("json", options->json, "Print one JSON object");
            declare_api(set, options->provider);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
