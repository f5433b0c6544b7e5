// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks create
#include <algorithm>
#include <cstdio>

#include "admin/webhooks/keys_file.hpp"
#include "admin/webhooks/webhook_json.hpp"
#include "admin/webhooks/webhook_plan.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/webhooks/create_webhook.hpp"
#include "cli/webhooks/stored_key.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {
namespace {

constexpr const char* name = "webhooks create";

struct settings {
  openphone::settings provider;
  std::string api = "2026-03-30", url, user, keys_file, label = "Trunkline";
  std::vector<std::string> events, resources;
  bool dry_run = false, json = false;
};

openphone::generation generation_of(const settings& options) {
  return generations_of(options.api).front();
}

struct created_webhook {
  openphone::webhook webhook;
  stored_key key;
};

// The keys file. The prompt for it appears once, regardless of the number of keys.
struct keys_file_choice {
  std::string file;
  bool may_prompt;
};

// Prints the key before anything else can fail: it is in no later response of the provider.
created_webhook store_and_print(
    const settings& options, const openphone::webhook& webhook, keys_file_choice& choice
) {
  if (options.json) {
    created_webhook out{webhook, store_key(webhook, choice.file, false)};
    if (!out.key.error.empty()) print_reload_hint(out.key);
    return out;
  }
  std::printf(
      "created  %s  %s\n         signing key: %s\n", webhook.id.c_str(),
      joined(webhook.events).c_str(),
      printable(key_line(webhook.api_generation, webhook.key)).c_str()
  );
  std::fflush(stdout);
  created_webhook out{webhook, store_key(webhook, choice.file, choice.may_prompt)};
  choice = {out.key.error.empty() ? out.key.file : choice.file, !out.key.error.empty()};
  print_reload_hint(out.key);
  return out;
}

void print_json(
    const settings& options, const webhook_plan& plan, const std::vector<created_webhook>& all,
    const std::vector<std::string>& lost
) {
  std::vector<json_object> rows, existing, disabled, planned;
  for (const auto& one : all)
    rows.push_back(
        to_json(one.webhook)
            .text("signing_key", one.key.line)
            .text("keys_file", one.key.file.empty() ? std::nullopt : std::optional(one.key.file))
    );
  for (const auto& webhook : plan.existing) existing.push_back(to_json(webhook));
  for (const auto& webhook : plan.disabled) disabled.push_back(to_json(webhook));
  if (options.dry_run)
    for (const auto& webhook : plan.missing)
      planned.push_back(json_object().text("url", webhook.url).strings("events", webhook.events));
  std::puts(json_object()
                .list("created", rows)
                .list("existing", existing)
                .list("disabled", disabled)
                .list("would_create", planned)
                .strings("lost", lost)
                .str()
                .c_str());
}

void print_plan(const settings& options, const webhook_plan& plan) {
  for (const auto& webhook : plan.existing)
    std::printf("existing %s  %s\n", webhook.id.c_str(), joined(webhook.events).c_str());
  for (const auto& webhook : plan.disabled)
    std::printf("disabled %s  %s\n", webhook.id.c_str(), joined(webhook.events).c_str());
  if (!options.dry_run) return;
  for (const auto& webhook : plan.missing)
    std::printf("would create  %s\n", joined(webhook.events).c_str());
}

int finish(const webhook_plan& plan, const std::vector<created_webhook>& all) {
  if (!plan.disabled.empty())
    std::fputs(
        "a disabled webhook delivers nothing; enable it in the provider's app, or delete it and "
        "run this command again\n",
        stderr
    );
  const bool stored = std::all_of(all.begin(), all.end(), [](const created_webhook& one) {
    return one.key.error.empty();
  });
  return as_int(stored && plan.disabled.empty() ? exit_code::ok : exit_code::failed);
}

int create(const settings& options, openphone::api& api) {
  const auto existing = api.list(generation_of(options), options.user);
  if (!existing.ok()) return report_error(name, *existing.error);
  const auto events =
      options.events.empty() ? openphone::default_events(generation_of(options)) : options.events;
  const auto plan = plan_webhooks(
      generation_of(options), existing.value,
      {options.url, options.label, events, options.resources, options.user}
  );
  if (!options.json) print_plan(options, plan);
  std::vector<created_webhook> all;
  keys_file_choice choice{options.keys_file, true};
  for (const auto& missing : plan.missing) {
    if (options.dry_run) break;
    const auto now = create_webhook(name, api, generation_of(options), existing.value, missing);
    if (!now.webhook) {
      // The keys so far are printed nowhere else.
      if (options.json) print_json(options, plan, all, now.lost);
      return now.code;
    }
    all.push_back(store_and_print(options, *now.webhook, choice));
  }
  if (options.json) print_json(options, plan, all, {});
  return finish(plan, all);
}

int run(const settings& options) {
  if (options.url.empty())
    return report_error(name, "missing --url; use --url https://HOST/PATH", exit_code::usage);
  if (generation_of(options) == openphone::generation::v1) {
    const auto known = openphone::default_events(openphone::generation::v1);
    for (const auto& event : options.events)
      if (std::find(known.begin(), known.end(), event) == known.end())
        return report_error(
            name, "v1 has no event '" + event + "'; it has " + joined(known), exit_code::usage
        );
  }
  if (!options.keys_file.empty() && !options.dry_run)
    if (const auto error = check_keys_file(options.keys_file); !error.empty())
      return report_error(name, "no webhook created: " + error, exit_code::failed);
  return with_api(name, options.provider, [&options](openphone::api& api) {
    return create(options, api);
  });
}

}  // namespace

config::command webhooks_create() {
  auto options = std::make_shared<settings>();
  return {
      .name = name,
      .description = "Create the webhooks that are missing for a URL",
      .examples =
          "  trunkline webhooks create --url https://example.com/api/webhooks/openphone --dry-run\n"
          "  trunkline webhooks create --url https://example.com/api/webhooks/openphone \\\n"
          "      --keys-file /etc/trunkline/signing-keys && systemctl restart trunkline-gateway\n"
          "  trunkline webhooks create --url https://example.com/api/webhooks/openphone --api v1\n"
          "Existing webhooks are not changed. The signing key of each new webhook is printed "
          "once.\n"
          "Exit codes: 0 all exist, 1 failed, a key was not stored or a webhook is disabled, 3 "
          "provider\n"
          "unreachable, 64 usage error, 78 no API key.\n",
      .declare =
          [options](config::option_set& set, config::arguments&) {
            set.text("url", options->url, "URL that the provider delivers to", {.value = "URL"});
            set.check("url", [options] {
              return options->url.empty() ? std::string() : check_webhook_url(options->url);
            });
            declare_generation(set, options->api, false);
            declare_user(set, options->user);
            set.list(
                "event", options->events, "Event type to deliver (default: all supported types)",
                {.value = "TYPE", .offers = openphone::known_events()}
            );
            set.list(
                "resource", options->resources, "Own number by id (default: all)", {.value = "ID"}
            );
            set.text("label", options->label, "Label of new webhooks at the provider");
            set.text(
                "keys-file", options->keys_file,
                "Signing keys file of the gateway to add each key to", {.value = "FILE"}
            );
            set.flag(
                "dry-run", options->dry_run, "Print what would be created, and change nothing"
            );
            set.flag("json", options->json, "Print one JSON object that includes the keys");
            set.per_call({"url", "event", "resource", "label", "dry-run"});
            declare_api(set, options->provider);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
