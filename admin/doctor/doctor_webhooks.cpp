// SPDX-License-Identifier: Apache-2.0
// Checks of the provider's webhooks: whether they point here, are enabled and have all events.
#include "admin/doctor/doctor.hpp"
#include "admin/webhooks/webhook_plan.hpp"
#include "openphone/api.hpp"

namespace trunkline::admin {
namespace {

using openphone::generation;
constexpr std::string_view webhook_path = "/api/webhooks/openphone";

std::string list_of(const std::vector<openphone::new_webhook>& missing) {
  std::string out;
  for (const auto& webhook : missing)
    for (const auto& event : webhook.events) out += (out.empty() ? "" : ", ") + event;
  return out;
}

// Without --public-url, webhooks are recognized by their path only.
void count_candidates(findings& out, const std::vector<openphone::webhook>& hooks) {
  std::size_t likely = 0;
  for (const auto& webhook : hooks)
    if (webhook.url.ends_with(webhook_path)) ++likely;
  const auto count = std::to_string(likely) + " of " + std::to_string(hooks.size()) +
                     " webhooks of the provider end in " + std::string(webhook_path);
  if (likely == 0)
    out.add(
        "webhooks", level::error, count, "the provider sends no events to Trunkline",
        "trunkline webhooks create --url https://YOUR-HOST" + std::string(webhook_path)
    );
  else
    out.add(
        "webhooks", level::note, count, "it is unknown whether they point to this installation",
        "trunkline doctor --public-url https://YOUR-HOST" + std::string(webhook_path)
    );
}

void judge(
    findings& out, const std::vector<openphone::webhook>& hooks, const std::string& public_url
) {
  bool any = false;
  for (const auto made_by : {generation::current, generation::v1}) {
    const auto plan =
        plan_webhooks(made_by, hooks, {public_url, "", openphone::default_events(made_by), {}});
    const std::string api(openphone::to_string(made_by));
    for (const auto& webhook : plan.disabled)
      out.add(
          "webhooks." + api, level::error, webhook.id + " is " + webhook.status,
          "the provider sends no events with it", "enable it in the settings of the app, Webhooks"
      );
    any = any || !plan.disabled.empty() || !plan.existing.empty();
    if (plan.existing.empty()) continue;
    if (plan.missing.empty())
      out.ok("webhooks." + api, std::to_string(plan.existing.size()) + " with all events");
    else
      out.add(
          "webhooks." + api, level::warning, "not delivered: " + list_of(plan.missing),
          "these events are never received",
          "trunkline webhooks create --url " + public_url + " --api " + api
      );
  }
  if (!any)
    out.add(
        "webhooks", level::error, "no webhook points to " + public_url,
        "the provider sends no events here", "trunkline webhooks create --url " + public_url
    );
}

}  // namespace

findings examine_webhooks(const openphone::settings& options, const std::string& public_url) {
  findings out;
  if (!openphone::has_key(options)) {
    out.add(
        "webhooks", level::note, "skipped: no API key", "the provider's webhooks cannot be checked",
        "set OPENPHONE_API_KEY or --api-key-file"
    );
    return out;
  }
  const auto to = openphone::connect(options);
  if (!to.api) {
    out.add(
        "webhooks", level::error, to.error, "the provider's webhooks cannot be checked",
        "check --api-key-file"
    );
    return out;
  }
  const auto hooks = to.api->list({generation::v1, generation::current});
  if (!hooks.ok())
    out.add(
        "webhooks", level::warning, hooks.error->message,
        "the provider's webhooks cannot be checked", "trunkline webhooks list"
    );
  else if (public_url.empty())
    count_candidates(out, hooks.value);
  else
    judge(out, hooks.value, public_url);
  return out;
}

}  // namespace trunkline::admin
