// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks delete
#include <cstdio>

#include "cli/output.hpp"
#include "cli/confirm.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  openphone::settings provider;
  std::vector<std::string> ids;
  bool yes = false, dry_run = false, json = false;
};

int remove(const settings& given, openphone::api& api) {
  std::vector<openphone::webhook> hooks;
  for (const auto& id : given.ids) {
    const auto hook = find_hook(api, id);
    if (!hook.ok()) return report_error("webhooks delete", *hook.wrong);
    hooks.push_back(hook.value);
    std::fprintf(
        stderr, "%s%s  %s\n", given.dry_run ? "would delete " : "", hook.value.id.c_str(),
        printable(hook.value.url).c_str()
    );
  }
  if (!given.dry_run && !given.yes &&
      !confirmed("Delete " + std::to_string(hooks.size()) + " of the provider's webhooks?"))
    return report_error(
        "webhooks delete", "no webhook deleted: not confirmed; use --yes to skip the confirmation",
        exit_code::failed
    );
  std::vector<std::string> deleted;
  int code = as_int(exit_code::ok);
  for (const auto& hook : hooks) {
    if (given.dry_run) break;
    const auto done = api.remove(hook.id);
    // A repeated request may find that the first one was carried out.
    if (!done.ok() && done.wrong->status != 404) {
      code = report_error("webhooks delete", *done.wrong);
      break;
    }
    deleted.push_back(hook.id);
    if (!given.json) std::printf("deleted %s\n", hook.id.c_str());
  }
  if (given.json) std::puts(json_object().strings("deleted", deleted).str().c_str());
  return code;
}

int run(const settings& given) {
  if (given.ids.empty())
    return report_error("webhooks delete", "missing ID; 'trunkline webhooks list' shows the ids", exit_code::usage);
  return with_api("webhooks delete", given.provider, [&given](openphone::api& api) {
    return remove(given, api);
  });
}

}  // namespace

config::command webhooks_delete() {
  auto given = std::make_shared<settings>();
  return {
      .name = "webhooks delete",
      .description = "Delete webhooks at the provider, after confirmation",
      .examples =
          "  trunkline webhooks delete 1024\n"
          "  trunkline webhooks delete WH4f1c2 WH5a2b3 --yes\n"
          "Exit codes: 0 deleted, 1 failed, no such webhook or not confirmed, 3 provider unreachable,\n"
          "64 usage error, 78 no API key.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.several("ID", given->ids, "Ids of webhooks, as `webhooks list` shows them");
            options.flag("yes", given->yes, "Skip the confirmation");
            options.flag("dry-run", given->dry_run, "Print what would be deleted, and change nothing");
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"yes", "dry-run"});
            declare_api(options, given->provider);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
