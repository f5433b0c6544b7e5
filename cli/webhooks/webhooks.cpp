// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/webhooks.hpp"
#include "cli/api_options.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <cstdio>

namespace trunkline::cli {
namespace {

// Reports retries, which can take a minute. Short waits after 429 are usual and not reported.
openphone::retry_notice print_retries(const std::string& command) {
  return
      [command](const openphone::http_response& got, int tries, std::chrono::milliseconds pause) {
        if (got.status == 429 && pause < std::chrono::seconds(2)) return;
        const std::string what =
            got.status == 0 ? "does not respond" : "responded " + std::to_string(got.status);
        std::fprintf(
            stderr, "trunkline %s: the provider %s; retry in %.1f s (attempt %d of %d)\n",
            command.c_str(), what.c_str(), std::chrono::duration<double>(pause).count(), tries + 1,
            openphone::max_attempts
        );
      };
}

}  // namespace

void declare_generation(config::option_set& set, std::string& target, bool all_allowed) {
  std::vector<std::string> allowed = {"2026-03-30", "v1"};
  if (all_allowed) allowed.insert(allowed.begin(), "all");
  set.choice("api", target, "API of the provider to use", std::move(allowed));
  set.per_call({"api"});
}

std::vector<openphone::generation> generations_of(const std::string& api) {
  using openphone::generation;
  if (api == "v1") return {generation::v1};
  if (api == "2026-03-30") return {generation::current};
  return {generation::current, generation::v1};
}

void declare_user(config::option_set& set, std::string& target) {
  set.text(
      "user", target, "Owner of webhooks of v1 (default: the workspace's owner)", {.value = "ID"}
  );
  set.check("user", [&target] {
    return target.empty() || openphone::is_id(target)
               ? ""
               : "must be the id of a user, such as US123abc";
  });
}

std::string check_webhook_url(const std::string& url) {
  const bool good =
      url.starts_with("https://") && url.size() > 8 && url.size() <= 2000 && url[8] != '/' &&
      url.find('/', 8) != std::string::npos &&
      std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  return good ? "" : "must be https://HOST/PATH, as the provider calls it";
}

int report_error(const std::string& command, const openphone::failure& failure) {
  return report_error(
      command, failure.message, failure.unreachable ? exit_code::unknown : exit_code::failed
  );
}

int report_error(const std::string& command, const webhook_error& error) {
  if (const auto* failure = std::get_if<openphone::failure>(&error))
    return report_error(command, *failure);
  if (const auto* failure = std::get_if<database_failure>(&error))
    return report_error(std::string_view(command), *failure);
  return report_error(command, std::get<redis_unreachable>(error).message, exit_code::unknown);
}

int with_api(
    const std::string& command, const openphone::settings& options,
    const std::function<int(openphone::api&)>& run
) {
  const auto connected = openphone::connect(options, print_retries(command));
  if (!connected.api) return report_error(command, connected.error, exit_code::config);
  return run(*connected.api);
}

openphone::result<openphone::webhook> find_webhook(openphone::api& api, const std::string& id) {
  openphone::result<openphone::webhook> out;
  if (!openphone::is_id(id)) {
    out.error = openphone::failure{
        false, false, 0,
        "'" + id + "' is not the id of a webhook; 'trunkline webhooks list' shows the ids"};
    return out;
  }
  out = api.get(id);
  if (!out.ok() && out.error->status == 404)
    out.error->message =
        "the provider has no webhook " + id + "; 'trunkline webhooks list' shows all";
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ",") + printable(word);
  return out;
}

}  // namespace trunkline::cli
