// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks rotate ID
// A second webhook with a key of its own takes over, and the old one goes when the new key is known
// to work: with both APIs, no moment when deliveries carry a key that the gateway does not have.
// The current API can also change the key of a webhook, but promises no overlap: --in-place.
#include <cstdio>

#include "cli/output.hpp"
#include "common/text/units.hpp"
#include "cli/confirm.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "admin/webhooks/keys_file.hpp"
#include "cli/webhooks/make_hook.hpp"
#include "cli/webhooks/new_key.hpp"
#include "admin/webhooks/plan.hpp"
#include "cli/webhooks/take_over.hpp"

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

// Not ok: told on stderr.
struct rotated {
  openphone::webhook hook;  // the one that has the new key
  int code = 0;
};

rotated in_place(openphone::api& api, const openphone::webhook& old) {
  const auto key = api.rotate(old.id);
  rotated out{old, 0};
  out.hook.key = key.value;
  if (key.ok()) return out;
  out.code = report_error(name, *key.wrong);
  if (key.wrong->unknown)
    std::fprintf(
        stderr,
        "The key may have changed, and the new key was only in that response. Run this command again\n"
        "now to get another key. Until the gateway has it, deliveries may be rejected. The provider\n"
        "repeats them, and 'trunkline webhooks deliveries %s --missing' lists missing ones.\n",
        old.id.c_str()
    );
  return out;
}

std::string list_of(const std::vector<openphone::webhook>& hooks) {
  std::string out;
  for (const auto& hook : hooks) out += (out.empty() ? "" : ", ") + hook.id;
  return out;
}

// Another twin each time this is run would be no end: one that is there already is named.
rotated by_twin(openphone::api& api, const openphone::webhook& old) {
  rotated out;
  const auto all = api.list(old.made_by, old.user);
  if (!all.ok()) return {{}, report_error(name, *all.wrong)};
  if (const auto twins = twins_of(old, all.value); !twins.empty())
    return {
        {},
        report_error(
            name,
            "nothing changed: " + list_of(twins) + " is equivalent to " + old.id +
                "; delete the one whose key is to be retired, or is unknown ('trunkline webhooks "
                "list --json' shows when each was created)",
            exit_code::failed
        )};
  auto made = make_hook(name, api, old.made_by, all.value, another(old));
  if (!made.hook) return {{}, made.code};
  return {std::move(*made.hook), 0};
}

void print_key(const settings& given, const openphone::webhook& hook) {
  if (!given.in_place) std::printf("created %s next to %s\n", hook.id.c_str(), given.id.c_str());
  std::printf("new signing key: %s\n", printable(key_line(hook.made_by, hook.key)).c_str());
  std::fflush(stdout);
}

void print_json(
    const settings& given, const openphone::webhook& hook, const kept_key& key, bool old_deleted
) {
  std::puts(json_object()
                .text("id", hook.id)
                .text("signing_key", key.line)
                .text("keys_file", key.file.empty() ? std::nullopt : std::optional(key.file))
                .text("replaces", given.in_place ? std::nullopt : std::optional(given.id))
                .boolean("old_deleted", old_deleted)
                .str()
                .c_str());
}

// Only who has reloaded the gateway knows that the new key is in use, or a test event that came.
int end_old(
    const settings& given, openphone::api& api, const openphone::webhook& now, const kept_key& key,
    bool& deleted
) {
  int code = as_int(key.problem.empty() ? exit_code::ok : exit_code::failed);
  bool sure = false;
  const bool kept = code == 0;
  if (kept && given.wait.count() > 0)
    code = wait_until_it_works(name, api, given.common, now, given.wait, sure);
  else if (kept && !given.yes && !given.json)
    sure = confirmed("Does the gateway use the new key? If so, " + given.id + " is deleted.");
  if (sure) {
    const auto removed = api.remove(given.id);
    deleted = removed.ok() || removed.wrong->status == 404;
    if (!deleted) code = report_error(name, *removed.wrong);
  }
  if (deleted && !given.json) std::printf("deleted %s\n", given.id.c_str());
  if (!deleted)
    std::fprintf(
        stderr,
        "both webhooks deliver now, which is harmless. When the gateway uses the new key, run\n"
        "  trunkline webhooks delete %s\n",
        given.id.c_str()
    );
  return code;
}

int rotate(const settings& given, openphone::api& api) {
  const auto old = find_hook(api, given.id);
  if (!old.ok()) return report_error(name, *old.wrong);
  const auto question = given.in_place
                            ? "Change the signing key of " + given.id +
                                  " now? Deliveries are rejected until the gateway has the new key."
                            : "Create a second webhook for " + printable(old.value.url) + "?";
  if (!given.yes && !confirmed(question))
    return report_error(
        name, "nothing changed: not confirmed; use --yes to skip the confirmation", exit_code::failed
    );
  const auto now = given.in_place ? in_place(api, old.value) : by_twin(api, old.value);
  if (now.code != 0) return now.code;
  if (!given.json) print_key(given, now.hook);
  const auto key = keep_key(now.hook, given.keys_file, !given.json && !given.yes);
  if (!given.json || !key.problem.empty()) say_reload(key);
  bool old_deleted = false;
  int code = as_int(key.problem.empty() ? exit_code::ok : exit_code::failed);
  if (!given.in_place)
    code = end_old(given, api, now.hook, key, old_deleted);
  else if (!given.json)
    std::fputs(
        "keep the old key in the file for a day: earlier deliveries are signed with it\n", stderr
    );
  if (given.json) print_json(given, now.hook, key, old_deleted);
  return code;
}

int run(const settings& given) {
  if (given.id.empty())
    return report_error(name, "missing ID; 'trunkline webhooks list' shows the ids", exit_code::usage);
  const bool v1 = openphone::generation_of(given.id) == openphone::generation::v1;
  if (given.in_place && v1)
    return report_error(name, "v1 cannot change the key of a webhook; omit --in-place", exit_code::usage);
  if (given.wait.count() > 0 && (given.in_place || v1))
    return report_error(
        name,
        given.in_place ? "--wait cannot be combined with --in-place"
                       : "v1 has no test events to wait for; omit --wait",
        exit_code::usage
    );
  if (given.wait.count() > 0 && given.json && given.keys_file.empty())
    return report_error(
        name, "--json prints the key at the end; add --keys-file to use --wait", exit_code::usage
    );
  if (!given.keys_file.empty())
    if (const auto wrong = check_keys_file(given.keys_file); !wrong.empty())
      return report_error(name, "nothing changed: " + wrong, exit_code::failed);
  return with_api(name, given.provider, [&given](openphone::api& api) {
    return rotate(given, api);
  });
}

}  // namespace

config::command webhooks_rotate() {
  auto given = std::make_shared<settings>();
  return {
      .name = name,
      .description = "Replace the signing key of a webhook without a gap",
      .examples =
          "  trunkline webhooks rotate 1024 --keys-file /etc/trunkline/signing-keys\n"
          "  trunkline webhooks rotate 1024 --keys-file FILE --yes --wait 10m\n"
          "  trunkline webhooks rotate WH4f1c2 --keys-file /etc/trunkline/signing-keys\n"
          "Creates a second webhook with its own key. The old webhook is deleted after you confirm that\n"
          "the gateway uses the new key; with --wait, after a test event arrived through the new\n"
          "webhook. With --yes alone the old webhook stays until you delete it.\n"
          "--in-place changes the key of the existing webhook and keeps its id. The old key may become\n"
          "invalid at once: deliveries are rejected, and repeated by the provider, until the gateway has\n"
          "the new key.\n"
          "Exit codes: 0 done, 1 failed, not confirmed, the key not stored or no test event arrived,\n"
          "3 provider, Redis or PostgreSQL unreachable, 64 usage error, 78 no API key.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.one("ID", given->id, "Id of a webhook, as `webhooks list` shows it");
            options.text(
                "keys-file", given->keys_file,
                "Signing keys file of the gateway to add the key to", {.value = "FILE"}
            );
            options.duration(
                "wait", given->wait,
                "Maximum wait for a test event through the new webhook",
                std::chrono::milliseconds(0), std::chrono::hours(24)
            );
            options.flag("in-place", given->in_place, "Change the key of the existing webhook");
            options.flag("yes", given->yes, "Skip the confirmation");
            options.flag("json", given->json, "Print one JSON object that includes the key");
            declare_api(options, given->provider);
            options.per_call({"wait", "in-place", "yes"});
            config::add_common(options, given->common, config::uses::both);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
