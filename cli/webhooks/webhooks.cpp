// SPDX-License-Identifier: Apache-2.0
#include "cli/api_options.hpp"
#include "cli/webhooks/webhooks.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace trunkline::cli {
namespace {

// A provider who says nothing costs a minute: who waits is told why. Runs one after the other meet
// 429 for a moment, which is no news.
openphone::retry_notice say_retries(const std::string& command) {
  return [command](const openphone::http_answer& got, int tries, std::chrono::milliseconds pause) {
    if (got.status == 429 && pause < std::chrono::seconds(2)) return;
    const std::string what =
        got.status == 0 ? "does not respond" : "responded " + std::to_string(got.status);
    std::fprintf(
        stderr, "trunkline %s: the provider %s; retry in %.1f s (attempt %d of %d)\n", command.c_str(),
        what.c_str(), std::chrono::duration<double>(pause).count(), tries + 1, openphone::most_tries
    );
  };
}

}  // namespace

void declare_generation(config::option_set& options, std::string& target, bool all_allowed) {
  std::vector<std::string> allowed = {"2026-03-30", "v1"};
  if (all_allowed) allowed.insert(allowed.begin(), "all");
  options.choice("api", target, "API of the provider to use", std::move(allowed));
}

std::vector<openphone::generation> generations_of(const std::string& api) {
  using openphone::generation;
  if (api == "v1") return {generation::v1};
  if (api == "2026-03-30") return {generation::current};
  return {generation::current, generation::v1};
}

void declare_user(config::option_set& options, std::string& target) {
  options.text(
      "user", target, "Owner of webhooks of v1 (default: the workspace's owner)", {.value = "ID"}
  );
  options.check("user", [&target] {
    return target.empty() || openphone::is_id(target) ? "" : "must be the id of a user, such as US123abc";
  });
}

std::string check_hook_url(const std::string& url) {
  const bool good =
      url.starts_with("https://") && url.size() > 8 && url.size() <= 2000 && url[8] != '/' &&
      url.find('/', 8) != std::string::npos &&
      std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  return good ? "" : "must be https://HOST/PATH, as the provider calls it";
}

int report_error(const std::string& command, const openphone::failure& wrong) {
  return report_error(command, wrong.message, wrong.away ? exit_code::unknown : exit_code::failed);
}

int with_api(
    const std::string& command, const openphone::settings& given,
    const std::function<int(openphone::api&)>& run
) {
  const auto connected = openphone::connect(given, say_retries(command));
  if (!connected.api) return report_error(command, connected.problem, exit_code::config);
  return run(*connected.api);
}

openphone::answer<openphone::webhook> find_hook(openphone::api& api, const std::string& id) {
  openphone::answer<openphone::webhook> out;
  if (!openphone::is_id(id)) {
    out.wrong = openphone::failure{false, false, 0, "'" + id + "' is not the id of a webhook; 'trunkline webhooks list' shows the ids"};
    return out;
  }
  out = api.get(id);
  if (!out.ok() && out.wrong->status == 404)
    out.wrong->message = "the provider has no webhook " + id + "; 'trunkline webhooks list' shows all";
  return out;
}

std::string utc_before(std::chrono::milliseconds age) {
  const std::time_t at = std::time(nullptr) - age.count() / 1000;
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ",") + printable(word);
  return out;
}

json_object to_json(const openphone::webhook& hook) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional(value);
  };
  return json_object()
      .text("id", hook.id)
      .text("api", std::string(openphone::to_string(hook.made_by)))
      .text("status", text(hook.status))
      .text("url", hook.url)
      .text("label", text(hook.label))
      .text("user", text(hook.user))
      .strings("events", hook.events)
      .strings("resources", hook.resources)
      .text("created_at", text(hook.created_at));
}

}  // namespace trunkline::cli
