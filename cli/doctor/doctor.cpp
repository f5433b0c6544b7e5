// SPDX-License-Identifier: Apache-2.0
// trunkline doctor
#include <cstdio>

#include "cli/doctor/findings_text.hpp"
#include "admin/deadline_task.hpp"
#include "admin/doctor/checks.hpp"
#include "admin/http_client.hpp"
#include "cli/api_options.hpp"
#include "cli/output.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  signature::key_sources keys;
  std::string url = "http://127.0.0.1:5000/api/webhooks/openphone";
  std::string ops_url, public_url;
  openphone::settings api;
  bool all = false, json = false;
};

// Nobody waits longer for a diagnosis.
constexpr std::chrono::milliseconds patience{1900};
constexpr const char* too_slow = "does not answer within 2 s";

[[noreturn]] void run(const settings& given) {
  // At once: a server that hangs must not make the others wait.
  const auto end = std::chrono::steady_clock::now() + patience;
  deadline_task<findings> redis([options = given.common] { return examine_redis(options); });
  deadline_task<findings> postgres([options = given.common] { return examine_postgres(options); });
  deadline_task<findings> processes([options = given.common] { return examine_processes(options); });
  deadline_task<findings> gateway([url = given.url, ops_url = given.ops_url] {
    return examine_gateway(url, ops_url);
  });
  deadline_task<findings> webhooks([api = given.api, url = given.public_url] {
    return examine_webhooks(api, url);
  });
  findings out = examine_keys(given.keys);
  const auto take = [&](deadline_task<findings>& from, const findings& if_late) {
    out.append(from.wait_until(end).value_or(if_late));
  };
  take(redis, findings::of_away("redis.reach", too_slow, "systemctl status redis-server"));
  take(postgres, findings::of_away("postgres.reach", too_slow, "systemctl status postgresql"));
  take(
      gateway,
      findings::of_away("gateway.probe", given.url + " " + too_slow, "check --url and --ops-url")
  );
  take(processes, {});  // Redis is away: that was said
  take(webhooks, provider_is_late());
  std::fputs((given.json ? as_json(out) : as_text(out, given.all)).c_str(), stdout);
  exit_immediately(out.verdict());
}

}  // namespace

config::command doctor() {
  auto given = std::make_shared<settings>();
  given->api.timeout = std::chrono::seconds(2);  // nobody waits longer for a diagnosis
  return {
      .name = "doctor",
      .description = "Examine servers, settings, keys and gateway; each finding with what mends it",
      .examples =
          "  trunkline doctor\n"
          "  trunkline doctor --all --signing-keys-file /etc/trunkline/signing-keys\n"
          "  OPENPHONE_API_KEY=... trunkline doctor --public-url "
          "https://hooks.example.com/api/webhooks/openphone\n"
          "  trunkline doctor --json | jq '.findings[] | select(.level == \"error\")'\n"
          "It changes nothing. The gateway counts its wrongly signed delivery as refused.\n"
          "Exit codes: 0 fine, or notes only; 1 an error; 2 a warning and no error; 3 a server "
          "does "
          "not answer.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            options.text("url", given->url, "Where deliveries arrive");
            options.text("ops-url", given->ops_url, "The gateway's /readyz");
            options.text(
                "public-url", given->public_url, "What the provider is to call: https://HOST/PATH"
            );
            declare_api(options, given->api);
            options.list(
                "key", given->keys.texts, "Signing key as the gateway takes it",
                {.secret = true,
                 .fallback_env = {"TRUNKLINE_SIGNING_KEYS", "OPENPHONE_WEBHOOK_SIGNING_KEY"},
                 .group = "Signing keys"}
            );
            options.text(
                "signing-keys-file", given->keys.file, "File of signing keys, one a line",
                {.group = "Signing keys", .value = "FILE"}
            );
            given->keys.option = "--key";
            options.flag("all", given->all, "Show also what is well");
            options.flag("json", given->json, "Print one JSON object, with all findings");
            options.per_call({"all"});
            config::add_common(options, given->common, config::uses::both);
          },
      .run = [given]() -> int { run(*given); }};
}

}  // namespace trunkline::cli
