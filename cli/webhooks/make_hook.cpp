// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/make_hook.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <cstdio>

#include "admin/webhooks/plan.hpp"

namespace trunkline::cli {
namespace {

std::optional<openphone::webhook> find_new(
    const std::vector<openphone::webhook>& now, const std::vector<openphone::webhook>& before,
    const openphone::new_webhook& wanted
) {
  for (const auto& hook : now) {
    const bool old = std::any_of(before.begin(), before.end(), [&hook](const auto& each) {
      return each.id == hook.id;
    });
    if (!old && same_work(hook, wanted)) return hook;
  }
  return std::nullopt;
}

void say_how_to_look(const std::string& url) {
  std::fprintf(
      stderr,
      "The signing key of a new webhook is only in that response. Run\n"
      "  trunkline webhooks list --url %s\n"
      "delete a webhook that was created just now ('trunkline webhooks delete ID'), and run this\n"
      "command again.\n",
      printable(url).c_str()
  );
}

void settle(making& out, openphone::webhook found) {
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
  out.hook = std::move(found);
}

}  // namespace

making make_hook(
    const std::string& command, openphone::api& api, openphone::generation which,
    const std::vector<openphone::webhook>& before, const openphone::new_webhook& wanted
) {
  making out;
  auto made = api.create(which, wanted);
  if (made.ok()) {
    if (made.value.events.empty()) made.value.events = wanted.events;
    if (made.value.url.empty()) made.value.url = wanted.url;
    out.hook = std::move(made.value);
    return out;
  }
  out.code = report_error(command, *made.wrong);
  if (!made.wrong->unknown) return out;
  const auto now = api.list(which, wanted.user);
  auto found = now.ok() ? find_new(now.value, before, wanted) : std::nullopt;
  if (found) {
    settle(out, std::move(*found));
    return out;
  }
  if (now.ok()) std::fputs("The provider's list does not show it yet.\n", stderr);
  say_how_to_look(wanted.url);
  return out;
}

}  // namespace trunkline::cli
