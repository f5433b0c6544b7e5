// SPDX-License-Identifier: Apache-2.0
// Does the provider have webhooks that point here, switched on, and with all events?
#include "admin/doctor/checks.hpp"
#include "openphone/api.hpp"
#include "admin/webhooks/plan.hpp"

namespace trunkline::admin {
namespace {

using openphone::generation;
constexpr std::string_view our_path = "/api/webhooks/openphone";

std::string list_of(const std::vector<openphone::new_webhook>& missing) {
  std::string out;
  for (const auto& hook : missing)
    for (const auto& event : hook.events) out += (out.empty() ? "" : ", ") + event;
  return out;
}

// Without --public-url: which of them may be meant for us.
void tell_candidates(findings& out, const std::vector<openphone::webhook>& hooks) {
  std::size_t likely = 0;
  for (const auto& hook : hooks)
    if (hook.url.ends_with(our_path)) ++likely;
  const auto count = std::to_string(likely) + " of " + std::to_string(hooks.size()) +
                     " webhooks at the provider end in " + std::string(our_path);
  if (likely == 0)
    out.add(
        "webhooks", level::error, count, "the provider sends nothing to Trunkline",
        "trunkline webhooks create --url https://YOUR-HOST" + std::string(our_path)
    );
  else
    out.add(
        "webhooks", level::note, count, "whether they are ours is not known",
        "trunkline doctor --public-url https://YOUR-HOST" + std::string(our_path)
    );
}

void judge(
    findings& out, const std::vector<openphone::webhook>& hooks, const std::string& public_url
) {
  bool any = false;
  for (const auto made_by : {generation::current, generation::v1}) {
    const auto plan =
        plan_hooks(made_by, hooks, {public_url, "", openphone::default_events(made_by), {}});
    const std::string api(openphone::to_string(made_by));
    for (const auto& hook : plan.disabled)
      out.add(
          "webhooks." + api, level::error, hook.id + " is " + hook.status,
          "the provider sends nothing by it", "switch it on in the app's settings, Webhooks"
      );
    any = any || !plan.disabled.empty() || !plan.there.empty();
    if (plan.there.empty()) continue;
    if (plan.missing.empty())
      out.ok("webhooks." + api, std::to_string(plan.there.size()) + " point here, all events");
    else
      out.add(
          "webhooks." + api, level::warning, "not delivered: " + list_of(plan.missing),
          "these events never arrive",
          "trunkline webhooks create --url " + public_url + " --api " + api
      );
  }
  if (!any)
    out.add(
        "webhooks", level::error, "no webhook points to " + public_url,
        "the provider sends nothing here", "trunkline webhooks create --url " + public_url
    );
}

}  // namespace

findings provider_is_late() {
  findings out;
  out.add(
      "webhooks", level::warning, "the provider does not answer within 2 s",
      "whether it has a webhook that points here is not known", "trunkline webhooks list"
  );
  return out;
}

findings examine_webhooks(const openphone::settings& given, const std::string& public_url) {
  findings out;
  if (!openphone::has_key(given)) {
    out.add(
        "webhooks", level::note, "skipped: no API key",
        "whether the provider has a webhook that points here can't be seen",
        "OPENPHONE_API_KEY or --api-key-file"
    );
    return out;
  }
  const auto to = openphone::connect(given);
  if (!to.api) {
    out.add("webhooks", level::error, to.problem, "the provider can't be asked", "--api-key-file");
    return out;
  }
  const auto hooks = to.api->list({generation::v1, generation::current});
  if (!hooks.ok())
    out.add(
        "webhooks", level::warning, hooks.wrong->message, "the provider can't be asked",
        "trunkline webhooks list"
    );
  else if (public_url.empty())
    tell_candidates(out, hooks.value);
  else
    judge(out, hooks.value, public_url);
  return out;
}

}  // namespace trunkline::admin
