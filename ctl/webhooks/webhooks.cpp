// SPDX-License-Identifier: Apache-2.0
#include "ctl/webhooks/webhooks.hpp"

#include <algorithm>

namespace trunkline::ctl {

void declare_api(config::option_set& options, std::string& target, bool all_allowed) {
  std::vector<std::string> allowed = {"2026-03-30", "v1"};
  if (all_allowed) allowed.insert(allowed.begin(), "all");
  options.choice("api", target, "Which of the provider's APIs", std::move(allowed));
}

std::vector<provider::generation> generations_of(const std::string& api) {
  using provider::generation;
  if (api == "v1") return {generation::v1};
  if (api == "2026-03-30") return {generation::current};
  return {generation::current, generation::v1};
}

std::string check_hook_url(const std::string& url) {
  const bool good =
      url.starts_with("https://") && url.size() > 8 && url.size() <= 2000 && url[8] != '/' &&
      std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  return good ? "" : "must be https://HOST/PATH as the provider is to call it";
}

int complain(const std::string& verb, const provider::failure& wrong) {
  return complain(verb, wrong.message, wrong.away ? exit_code::unknown : exit_code::failed);
}

int with_api(
    const std::string& verb, const provider::settings& given,
    const std::function<int(provider::api&)>& run
) {
  const auto connected = provider::connect(given);
  if (!connected.api) return complain(verb, connected.problem, exit_code::config);
  return run(*connected.api);
}

provider::answer<provider::webhook> find_hook(provider::api& api, const std::string& id) {
  provider::answer<provider::webhook> out;
  if (!provider::is_id(id)) {
    out.wrong = provider::failure{false, false, 0, "'" + id + "' is not the id of a webhook"};
    return out;
  }
  const auto hooks = api.list(provider::generation_of(id));
  if (!hooks.ok()) {
    out.wrong = hooks.wrong;
    return out;
  }
  for (const auto& hook : hooks.value) {
    if (hook.id != id) continue;
    out.value = hook;
    return out;
  }
  out.wrong = provider::failure{
      false, false, 404, "the provider has no webhook " + id + ": see 'trunkline webhooks list'"};
  return out;
}

json_object to_json(const provider::webhook& hook) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional(value);
  };
  return json_object()
      .text("id", hook.id)
      .text("api", std::string(provider::to_string(hook.made_by)))
      .text("status", text(hook.status))
      .text("url", hook.url)
      .text("label", text(hook.label))
      .strings("events", hook.events)
      .strings("resources", hook.resources)
      .text("created_at", text(hook.created_at));
}

}  // namespace trunkline::ctl
