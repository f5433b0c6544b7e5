// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks rotate ID
// Creates a second webhook with its own key, and deletes the old one when the gateway uses the new
// key, so that with both APIs no delivery is signed with a key that the gateway does not have. The
// current API can also change the key of a webhook, without an overlap: --in-place.
#include <cstdio>

#include "admin/webhooks/keys_file.hpp"
#include "admin/webhooks/webhook_plan.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/output.hpp"
#include "cli/webhooks/create_webhook.hpp"
#include "cli/webhooks/key_handover.hpp"
#include "cli/webhooks/stored_key.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

constexpr const char* name = "webhooks rotate";

struct settings {
  config::common_options common;
  openphone::settings provider;
  std::string id, keys_file;
  std::chrono::milliseconds wait{0};
  bool in_place = false, yes = false, json = false;
};

struct rotated {
  // The webhook with the new key.
  openphone::webhook webhook;
  // If not 0, the failure was reported on stderr.
  int code = 0;
};

rotated rotate_in_place(openphone::api& api, const openphone::webhook& old) {
  const auto key = api.rotate(old.id);
  rotated out{old, 0};
  out.webhook.key = key.value;
  if (key.ok()) return out;
  out.code = report_error(name, *key.error);
  if (key.error->outcome_unknown)
    std::fprintf(
        stderr,
        "The key may have changed, and the new key was only in that response. Run this command "
        "again\n"
        "now to get another key. Until the gateway has it, deliveries may be rejected. The "
        "provider\n"
        "repeats them, and 'trunkline webhooks deliveries %s --missing' lists missing ones.\n",
        old.id.c_str()
    );
  return out;
}

std::string list_of(const std::vector<openphone::webhook>& webhooks) {
  std::string out;
  for (const auto& webhook : webhooks) out += (out.empty() ? "" : ", ") + webhook.id;
  return out;
}

// Refuses to create one more equivalent webhook with each run.
rotated by_second_webhook(openphone::api& api, const openphone::webhook& old) {
  rotated out;
  const auto all = api.list(old.api_generation, old.user);
  if (!all.ok()) return {{}, report_error(name, *all.error)};
  if (const auto others = equivalent_webhooks(old, all.value); !others.empty())
    return {
        {},
        report_error(
            name,
            "nothing changed: " + list_of(others) + " is equivalent to " + old.id +
                "; delete the one whose key is to be retired, or is unknown ('trunkline webhooks "
                "list --json' shows when each was created)",
            exit_code::failed
        )};
  auto made = create_webhook(name, api, old.api_generation, all.value, copy_of(old));
  if (!made.webhook) return {{}, made.code};
  return {std::move(*made.webhook), 0};
}

void print_key(const settings& options, const openphone::webhook& webhook) {
  if (!options.in_place)
    std::printf("created %s next to %s\n", webhook.id.c_str(), options.id.c_str());
  std::printf(
      "new signing key: %s\n", printable(key_line(webhook.api_generation, webhook.key)).c_str()
  );
  std::fflush(stdout);
}

void print_json(
    const settings& options, const openphone::webhook& webhook, const stored_key& key,
    bool old_deleted
) {
  std::puts(json_object()
                .text("id", webhook.id)
                .text("signing_key", key.line)
                .text("keys_file", key.file.empty() ? std::nullopt : std::optional(key.file))
                .text("replaces", options.in_place ? std::nullopt : std::optional(options.id))
                .boolean("old_deleted", old_deleted)
                .str()
                .c_str());
}

// Deletes the old webhook if the gateway uses the new key: a test event arrived, or the operator
// confirms it.
int retire_old(
    const settings& options, openphone::api& api, const openphone::webhook& now,
    const stored_key& key, bool& deleted
) {
  int code = as_int(key.error.empty() ? exit_code::ok : exit_code::failed);
  bool verified = false;
  const bool stored = code == 0;
  if (stored && options.wait.count() > 0)
    code = verify_key(name, api, options.common, now, options.wait, verified);
  else if (stored && !options.yes && !options.json)
    verified = confirmed("Does the gateway use the new key? If so, " + options.id + " is deleted.");
  if (verified) {
    const auto removed = api.remove(options.id);
    deleted = removed.ok() || removed.error->status == 404;
    if (!deleted) code = report_error(name, *removed.error);
  }
  if (deleted && !options.json) std::printf("deleted %s\n", options.id.c_str());
  if (!deleted)
    std::fprintf(
        stderr,
        "both webhooks deliver now, which is harmless. When the gateway uses the new key, run\n"
        "  trunkline webhooks delete %s\n",
        options.id.c_str()
    );
  return code;
}

int rotate(const settings& options, openphone::api& api) {
  const auto old = find_webhook(api, options.id);
  if (!old.ok()) return report_error(name, *old.error);
  const auto question = options.in_place
                            ? "Change the signing key of " + options.id +
                                  " now? Deliveries are rejected until the gateway has the new key."
                            : "Create a second webhook for " + printable(old.value.url) + "?";
  if (!options.yes && !confirmed(question))
    return report_error(
        name, "nothing changed: not confirmed; use --yes to skip the confirmation",
        exit_code::failed
    );
  const auto now =
      options.in_place ? rotate_in_place(api, old.value) : by_second_webhook(api, old.value);
  if (now.code != 0) return now.code;
  if (!options.json) print_key(options, now.webhook);
  const auto key = store_key(now.webhook, options.keys_file, !options.json && !options.yes);
  if (!options.json || !key.error.empty()) print_reload_hint(key);
  bool old_deleted = false;
  int code = as_int(key.error.empty() ? exit_code::ok : exit_code::failed);
  if (!options.in_place)
    code = retire_old(options, api, now.webhook, key, old_deleted);
  else if (!options.json)
    std::fputs(
        "keep the old key in the file for a day: earlier deliveries are signed with it\n", stderr
    );
  if (options.json) print_json(options, now.webhook, key, old_deleted);
  return code;
}

int run(const settings& options) {
  if (options.id.empty())
    return report_error(
        name, "missing ID; 'trunkline webhooks list' shows the ids", exit_code::usage
    );
  const bool v1 = openphone::generation_of(options.id) == openphone::generation::v1;
  if (options.in_place && v1)
    return report_error(
        name, "v1 cannot change the key of a webhook; omit --in-place", exit_code::usage
    );
  if (options.wait.count() > 0 && (options.in_place || v1))
    return report_error(
        name,
        options.in_place ? "--wait cannot be combined with --in-place"
                         : "v1 has no test events to wait for; omit --wait",
        exit_code::usage
    );
  if (options.wait.count() > 0 && options.json && options.keys_file.empty())
    return report_error(
        name, "--json prints the key at the end; add --keys-file to use --wait", exit_code::usage
    );
  if (!options.keys_file.empty())
    if (const auto error = check_keys_file(options.keys_file); !error.empty())
      return report_error(name, "nothing changed: " + error, exit_code::failed);
  return with_api(name, options.provider, [&options](openphone::api& api) {
    return rotate(options, api);
  });
}

}  // namespace

config::command webhooks_rotate() {
  auto options = std::make_shared<settings>();
  return {
      .name = name,
      .description = "Replace the signing key of a webhook without a gap",
      .examples =
          "  trunkline webhooks rotate 1024 --keys-file /etc/trunkline/signing-keys\n"
          "  trunkline webhooks rotate 1024 --keys-file FILE --yes --wait 10m\n"
          "  trunkline webhooks rotate WH4f1c2 --keys-file /etc/trunkline/signing-keys\n"
          "Creates a second webhook with its own key. The old webhook is deleted after you confirm "
          "that\n"
          "the gateway uses the new key; with --wait, after a test event arrived through the new\n"
          "webhook. With --yes alone the old webhook stays until you delete it.\n"
          "--in-place changes the key of the existing webhook and keeps its id. The old key may "
          "become\n"
          "invalid immediately: deliveries are rejected, and repeated by the provider, until the "
          "gateway has\n"
          "the new key.\n"
          "Exit codes: 0 done, 1 failed, not confirmed, the key not stored or no test event "
          "arrived,\n"
          "3 provider, Redis or PostgreSQL unreachable, 64 usage error, 78 no API key.\n",
      .declare =
          [options](config::option_set& set, config::arguments& words) {
            words.one("ID", options->id, "Id of a webhook, as `webhooks list` shows it");
            set.text(
                "keys-file", options->keys_file,
                "Signing keys file of the gateway to add the key to", {.value = "FILE"}
            );
            set.duration(
                "wait", options->wait, "Maximum wait for a test event through the new webhook",
                std::chrono::milliseconds(0), std::chrono::hours(24)
            );
            set.flag("in-place", options->in_place, "Change the key of the existing webhook");
            set.flag("yes", options->yes, "Skip the confirmation");
            set.flag("json", options->json, "Print one JSON object that includes the key");
            declare_api(set, options->provider);
            set.per_call({"wait", "in-place", "yes"});
            config::add_common(set, options->common, config::uses::both);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
