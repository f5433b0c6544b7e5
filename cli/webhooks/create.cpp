// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks create
#include <algorithm>
#include <cstdio>

#include "cli/output.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "admin/webhooks/keys_file.hpp"
#include "cli/webhooks/make_hook.hpp"
#include "cli/webhooks/new_key.hpp"
#include "admin/webhooks/plan.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  openphone::settings provider;
  std::string api = "2026-03-30", url, user, keys_file, label = "Trunkline";
  std::vector<std::string> events, resources;
  bool dry_run = false, json = false;
};

openphone::generation which(const settings& given) {
  return generations_of(given.api).front();
}

struct made {
  openphone::webhook hook;
  kept_key key;
};

// The keys file, asked for once however many keys there are.
struct keys_place {
  std::string file;
  bool may_ask;
};

// The key is shown before anything else can go wrong: it is told this once.
made take_over(const settings& given, const openphone::webhook& hook, keys_place& place) {
  if (given.json) {
    made out{hook, keep_key(hook, place.file, false)};
    if (!out.key.problem.empty()) say_reload(out.key);
    return out;
  }
  std::printf(
      "created  %s  %s\n         signing key: %s\n", hook.id.c_str(), joined(hook.events).c_str(),
      printable(key_line(hook.made_by, hook.key)).c_str()
  );
  std::fflush(stdout);
  made out{hook, keep_key(hook, place.file, place.may_ask)};
  place = {out.key.problem.empty() ? out.key.file : place.file, !out.key.problem.empty()};
  say_reload(out.key);
  return out;
}

void print_json(
    const settings& given, const hook_plan& plan, const std::vector<made>& all,
    const std::vector<std::string>& lost
) {
  std::vector<json_object> rows, existing, disabled, planned;
  for (const auto& one : all)
    rows.push_back(
        to_json(one.hook)
            .text("signing_key", one.key.line)
            .text("keys_file", one.key.file.empty() ? std::nullopt : std::optional(one.key.file))
    );
  for (const auto& hook : plan.there) existing.push_back(to_json(hook));
  for (const auto& hook : plan.disabled) disabled.push_back(to_json(hook));
  if (given.dry_run)
    for (const auto& hook : plan.missing)
      planned.push_back(json_object().text("url", hook.url).strings("events", hook.events));
  std::puts(json_object()
                .list("created", rows)
                .list("existing", existing)
                .list("disabled", disabled)
                .list("would_create", planned)
                .strings("lost", lost)
                .str()
                .c_str());
}

void print_plan(const settings& given, const hook_plan& plan) {
  for (const auto& hook : plan.there)
    std::printf("existing %s  %s\n", hook.id.c_str(), joined(hook.events).c_str());
  for (const auto& hook : plan.disabled)
    std::printf("disabled %s  %s\n", hook.id.c_str(), joined(hook.events).c_str());
  if (!given.dry_run) return;
  for (const auto& hook : plan.missing)
    std::printf("would create  %s\n", joined(hook.events).c_str());
}

int finish(const hook_plan& plan, const std::vector<made>& all) {
  if (!plan.disabled.empty())
    std::fputs(
        "a disabled webhook delivers nothing; enable it in the provider's app, or delete it and "
        "run this command again\n",
        stderr
    );
  const bool kept =
      std::all_of(all.begin(), all.end(), [](const made& one) { return one.key.problem.empty(); });
  return as_int(kept && plan.disabled.empty() ? exit_code::ok : exit_code::failed);
}

int make(const settings& given, openphone::api& api) {
  const auto existing = api.list(which(given), given.user);
  if (!existing.ok()) return report_error("webhooks create", *existing.wrong);
  const auto events = given.events.empty() ? openphone::default_events(which(given)) : given.events;
  const auto plan = plan_hooks(
      which(given), existing.value, {given.url, given.label, events, given.resources, given.user}
  );
  if (!given.json) print_plan(given, plan);
  std::vector<made> all;
  keys_place place{given.keys_file, true};
  for (const auto& missing : plan.missing) {
    if (given.dry_run) break;
    const auto now = make_hook("webhooks create", api, which(given), existing.value, missing);
    if (!now.hook) {
      // The keys so far are told nowhere else.
      if (given.json) print_json(given, plan, all, now.lost);
      return now.code;
    }
    all.push_back(take_over(given, *now.hook, place));
  }
  if (given.json) print_json(given, plan, all, {});
  return finish(plan, all);
}

int run(const settings& given) {
  if (given.url.empty())
    return report_error("webhooks create", "missing --url; use --url https://HOST/PATH", exit_code::usage);
  if (which(given) == openphone::generation::v1) {
    const auto known = openphone::default_events(openphone::generation::v1);
    for (const auto& event : given.events)
      if (std::find(known.begin(), known.end(), event) == known.end())
        return report_error("webhooks create", "v1 has no event '" + event + "'; it has " + joined(known), exit_code::usage);
  }
  if (!given.keys_file.empty() && !given.dry_run)
    if (const auto wrong = check_keys_file(given.keys_file); !wrong.empty())
      return report_error("webhooks create", "no webhook created: " + wrong, exit_code::failed);
  return with_api("webhooks create", given.provider, [&given](openphone::api& api) {
    return make(given, api);
  });
}

}  // namespace

config::command webhooks_create() {
  auto given = std::make_shared<settings>();
  return {
      .name = "webhooks create",
      .description = "Create the webhooks that are missing for a URL",
      .examples =
          "  trunkline webhooks create --url https://example.com/api/webhooks/openphone --dry-run\n"
          "  trunkline webhooks create --url https://example.com/api/webhooks/openphone \\\n"
          "      --keys-file /etc/trunkline/signing-keys && systemctl restart trunkline-gateway\n"
          "  trunkline webhooks create --url https://example.com/api/webhooks/openphone --api v1\n"
          "Existing webhooks are not changed. The signing key of each new webhook is printed once.\n"
          "Exit codes: 0 all exist, 1 failed, a key was not stored or a webhook is disabled, 3 provider\n"
          "unreachable, 64 usage error, 78 no API key.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            options.text("url", given->url, "URL that the provider delivers to", {.value = "URL"});
            options.check("url", [given] {
              return given->url.empty() ? std::string() : check_hook_url(given->url);
            });
            declare_generation(options, given->api, false);
            declare_user(options, given->user);
            options.list(
                "event", given->events, "Event type to deliver (default: all supported types)",
                {.value = "TYPE", .offers = openphone::known_events()}
            );
            options.list(
                "resource", given->resources, "Id of an own number to deliver for (default: all)",
                {.value = "ID"}
            );
            options.text("label", given->label, "Label of new webhooks at the provider");
            options.text(
                "keys-file", given->keys_file,
                "Signing keys file of the gateway to add each key to",
                {.value = "FILE"}
            );
            options.flag("dry-run", given->dry_run, "Print what would be created, and change nothing");
            options.flag("json", given->json, "Print one JSON object that includes the keys");
            options.per_call({"url", "event", "resource", "dry-run"});
            declare_api(options, given->provider);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
