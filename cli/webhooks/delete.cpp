// SPDX-License-Identifier: Apache-2.0
// trunkline webhooks delete
#include <cstdio>

#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/output.hpp"
#include "cli/webhooks/webhooks.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  openphone::settings provider;
  std::vector<std::string> ids;
  bool yes = false, dry_run = false, json = false;
};

int remove(const settings& options, openphone::api& api) {
  std::vector<openphone::webhook> webhooks;
  for (const auto& id : options.ids) {
    const auto webhook = find_webhook(api, id);
    if (!webhook.ok()) return report_error("webhooks delete", *webhook.error);
    webhooks.push_back(webhook.value);
    std::fprintf(
        stderr, "%s%s  %s\n", options.dry_run ? "would delete " : "", webhook.value.id.c_str(),
        printable(webhook.value.url).c_str()
    );
  }
  if (!options.dry_run && !options.yes &&
      !confirmed("Delete " + std::to_string(webhooks.size()) + " of the provider's webhooks?"))
    return report_error(
        "webhooks delete", "no webhook deleted: not confirmed; use --yes to skip the confirmation",
        exit_code::failed
    );
  std::vector<std::string> deleted;
  int code = as_int(exit_code::ok);
  for (const auto& webhook : webhooks) {
    if (options.dry_run) break;
    const auto done = api.remove(webhook.id);
    // A repeated request may find that the first one was carried out.
    if (!done.ok() && done.error->status != 404) {
      code = report_error("webhooks delete", *done.error);
      break;
    }
    deleted.push_back(webhook.id);
    if (!options.json) std::printf("deleted %s\n", webhook.id.c_str());
  }
  if (options.json) std::puts(json_object().strings("deleted", deleted).str().c_str());
  return code;
}

int run(const settings& options) {
  if (options.ids.empty())
    return report_error(
        "webhooks delete", "missing ID; 'trunkline webhooks list' shows the ids", exit_code::usage
    );
  return with_api("webhooks delete", options.provider, [&options](openphone::api& api) {
    return remove(options, api);
  });
}

}  // namespace

config::command webhooks_delete() {
  auto options = std::make_shared<settings>();
  return {
      .name = "webhooks delete",
      .description = "Delete webhooks at the provider, after confirmation",
      .examples =
          "  trunkline webhooks delete 1024\n"
          "  trunkline webhooks delete WH4f1c2 WH5a2b3 --yes\n"
          "Exit codes: 0 deleted, 1 failed, no such webhook or not confirmed, 3 provider "
          "unreachable,\n"
          "64 usage error, 78 no API key.\n",
      .declare =
          [options](config::option_set& set, config::arguments& words) {
            words.several("ID", options->ids, "Ids of webhooks, as `webhooks list` shows them");
            set.flag("yes", options->yes, "Skip the confirmation");
            set.flag(
                "dry-run", options->dry_run, "Print what would be deleted, and change nothing"
            );
            set.flag("json", options->json, "Print one JSON object");
            set.per_call({"yes", "dry-run"});
            declare_api(set, options->provider);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
