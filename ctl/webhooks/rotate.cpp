// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks rotate ID
// The current API makes a new key for the same webhook. v1 can't: there a twin with a key of its
// own takes over, and the old webhook goes last. Either way the gateway holds both keys meanwhile.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "ctl/verbs.hpp"
#include "ctl/webhooks/keys_file.hpp"
#include "ctl/webhooks/new_key.hpp"
#include "ctl/webhooks/webhooks.hpp"

namespace trunkline::ctl {
namespace {

struct settings {
  provider::settings provider;
  std::string id, keys_file;
  bool twin = false, yes = false, json = false;
};

struct rotated {
  provider::webhook hook;  // the one that has the new key
  bool twin = false;
  bool old_deleted = false;
};

provider::answer<rotated> in_place(provider::api& api, const provider::webhook& old) {
  provider::answer<rotated> out;
  const auto key = api.rotate(old.id);
  out.wrong = key.wrong;
  out.value.hook = old;
  out.value.hook.key = key.value;
  return out;
}

// Another twin each time this is run would be no end: one that is there already is named.
provider::answer<rotated> by_twin(provider::api& api, const provider::webhook& old) {
  provider::answer<rotated> out;
  const auto all = api.list(old.made_by);
  out.wrong = all.wrong;
  if (!all.ok()) return out;
  for (const auto& hook : all.value) {
    if (hook.id == old.id || hook.url != old.url || hook.events != old.events) continue;
    out.wrong = provider::failure{
        false, false, 0,
        "there are two already: " + old.id + " and " + hook.id +
            "; delete the one whose key is to end"};
    return out;
  }
  auto made = api.create(old.made_by, {old.url, old.label, old.events, old.resources});
  out.wrong = made.wrong;
  out.value = {made.value, true, false};
  if (out.value.hook.url.empty()) out.value.hook.url = old.url;
  return out;
}

void print(const settings& given, const rotated& now, const kept_key& key) {
  if (!given.json) {
    if (now.twin) std::printf("made %s beside %s\n", now.hook.id.c_str(), given.id.c_str());
    std::printf("new signing key: %s\n", key.line.c_str());
    std::fflush(stdout);
    say_reload(key);
  }
}

int finish(const settings& given, provider::api& api, rotated now, const kept_key& key) {
  int code = as_int(key.problem.empty() ? exit_code::ok : exit_code::failed);
  // Only who has reloaded the gateway knows that the new key is in use.
  if (now.twin && key.problem.empty() && !given.yes && !given.json &&
      confirmed("has the gateway the new key? Then " + given.id + " is deleted.")) {
    const auto removed = api.remove(given.id);
    if (!removed.ok()) return complain("webhooks rotate", *removed.wrong);
    now.old_deleted = true;
    std::printf("deleted %s\n", given.id.c_str());
  }
  if (now.twin && !now.old_deleted)
    std::fprintf(
        stderr,
        "both deliver now, which does no harm. When the gateway has the new key:\n"
        "  trunkline webhooks delete %s\n",
        given.id.c_str()
    );
  if (!now.twin)
    std::fputs(
        "keep the old key in the file for a day: deliveries on their way carry it\n", stderr
    );
  if (given.json)
    std::puts(json_object()
                  .text("id", now.hook.id)
                  .text("signing_key", key.line)
                  .text("keys_file", key.file.empty() ? std::nullopt : std::optional(key.file))
                  .text("replaces", now.twin ? std::optional(given.id) : std::nullopt)
                  .str()
                  .c_str());
  return code;
}

int rotate(const settings& given, provider::api& api) {
  const auto old = find_hook(api, given.id);
  if (!old.ok()) return complain("webhooks rotate", *old.wrong);
  const bool twin = given.twin || old.value.made_by == provider::generation::v1;
  if (!given.yes && !confirmed(
                        (twin ? "make a second webhook for " : "make a new signing key for ") +
                        printable(old.value.url) + "?"
                    ))
    return complain("webhooks rotate", "nothing was changed: not confirmed", exit_code::failed);
  const auto now = twin ? by_twin(api, old.value) : in_place(api, old.value);
  if (!now.ok()) return complain("webhooks rotate", *now.wrong);
  const auto key = keep_key(now.value.hook, given.keys_file, !given.json && !given.yes);
  print(given, now.value, key);
  return finish(given, api, now.value, key);
}

int run(const settings& given) {
  if (given.id.empty())
    return complain("webhooks rotate", "say which: an id of 'webhooks list'", exit_code::usage);
  if (!given.keys_file.empty())
    if (const auto wrong = check_keys_file(given.keys_file); !wrong.empty())
      return complain("webhooks rotate", "nothing was changed: " + wrong, exit_code::failed);
  return with_api("webhooks rotate", given.provider, [&given](provider::api& api) {
    return rotate(given, api);
  });
}

}  // namespace

config::verb webhooks_rotate() {
  auto given = std::make_shared<settings>();
  return {
      .name = "webhooks rotate",
      .description = "Give a webhook a new signing key; the old one stays valid at the gateway",
      .examples =
          "  trunkline webhooks rotate 1024 --keys-file /etc/trunkline/signing-keys\n"
          "  trunkline webhooks rotate WH4f1c2 --keys-file /etc/trunkline/signing-keys\n"
          "v1 can't change a key: there a second webhook is made, and the old one deleted when "
          "you\n"
          "say that the gateway has the new key (with --yes it stays, until you delete it).\n"
          "--twin does the same with the current API: no moment with a key the gateway does not "
          "have.\n"
          "Exit codes: 0 done, 1 refused, not confirmed or the key not kept, 3 the provider is\n"
          "away, 64 wrong usage, 78 no API key.\n",
      .declare =
          [given](config::option_set& options, CLI::App& app) {
            app.add_option("ID", given->id, "Id of `webhooks list`");
            options.text(
                "keys-file", given->keys_file,
                "Add the key to this signing keys file of the gateway"
            );
            options.flag("twin", given->twin, "By a second webhook, with v1 always");
            options.flag("yes", given->yes, "Ask nothing, delete nothing");
            options.flag("json", given->json, "Print one JSON object, with the key");
            provider::declare(options, given->provider);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::ctl
