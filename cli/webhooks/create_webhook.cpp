// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/create_webhook.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <cstdio>

#include "admin/webhooks/webhook_plan.hpp"

namespace trunkline::cli {
namespace {

std::optional<openphone::webhook> find_new(
    const std::vector<openphone::webhook>& now, const std::vector<openphone::webhook>& before,
    const openphone::new_webhook& wanted
) {
  for (const auto& webhook : now) {
    const bool old = std::any_of(before.begin(), before.end(), [&webhook](const auto& each) {
      return each.id == webhook.id;
    });
    if (!old && same_deliveries(webhook, wanted)) return webhook;
  }
  return std::nullopt;
}

void print_lookup_hint(const std::string& url) {
  std::fprintf(
      stderr,
      "The signing key of a new webhook is only in that response. Run\n"
      "  trunkline webhooks list --url %s\n"
      "delete a webhook that was created just now ('trunkline webhooks delete ID'), and run this\n"
      "command again.\n",
      printable(url).c_str()
  );
}

void use_found(creation& out, openphone::webhook found) {
  if (found.key.empty()) {
    std::fprintf(
        stderr,
        "Webhook %s was created, but its signing key was in the response that was lost. Run\n"
        "  trunkline webhooks delete %s\n"
        "and then this command again.\n",
        found.id.c_str(), found.id.c_str()
    );
    out.lost = {found.id};
    out.code = as_int(exit_code::failed);
    return;
  }
  std::fprintf(
      stderr, "Webhook %s was created; its signing key is in the provider's list.\n",
      found.id.c_str()
  );
  out.code = 0;
  out.webhook = std::move(found);
}

}  // namespace

creation create_webhook(
    const std::string& command, openphone::api& api, openphone::generation which,
    const std::vector<openphone::webhook>& before, const openphone::new_webhook& wanted
) {
  creation out;
  auto created = api.create(which, wanted);
  if (created.ok()) {
    if (created.value.events.empty()) created.value.events = wanted.events;
    if (created.value.url.empty()) created.value.url = wanted.url;
    out.webhook = std::move(created.value);
    return out;
  }
  out.code = report_error(command, *created.error);
  if (!created.error->outcome_unknown) return out;
  const auto now = api.list(which, wanted.user);
  auto found = now.ok() ? find_new(now.value, before, wanted) : std::nullopt;
  if (found) {
    use_found(out, std::move(*found));
    return out;
  }
  if (now.ok()) std::fputs("The provider's list does not show it yet.\n", stderr);
  print_lookup_hint(wanted.url);
  return out;
}

}  // namespace trunkline::cli
