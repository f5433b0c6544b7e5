// SPDX-License-Identifier: Apache-2.0
// trunkline doctor
#include <cstdio>

#include "admin/doctor/doctor.hpp"
#include "cli/api_options.hpp"
#include "cli/commands.hpp"
#include "cli/doctor/findings_text.hpp"
#include "cli/output.hpp"
#include "cli/signing_keys.hpp"

namespace trunkline::cli {
namespace {

struct settings : doctor_options {
  bool all = false, json = false;
};

exit_code exit_code_of(doctor_status status) {
  switch (status) {
    case doctor_status::ok:
      return exit_code::ok;
    case doctor_status::warning:
      return exit_code::critical;
    case doctor_status::error:
      return exit_code::failed;
    case doctor_status::unknown:
      break;
  }
  return exit_code::unknown;
}

[[noreturn]] void run(const settings& options) {
  const auto found = examine_all(options);
  std::fputs((options.json ? as_json(found) : as_text(found, options.all)).c_str(), stdout);
  exit_immediately(exit_code_of(found.status()));
}

void declare(config::option_set& set, settings& options) {
  set.text("url", options.url, "URL of the gateway for deliveries", {.value = "URL"});
  set.text("ops-url", options.ops_url, "URL of the gateway's /readyz", {.value = "URL"});
  set.text(
      "public-url", options.public_url, "URL that the provider sends deliveries to",
      {.value = "URL"}
  );
  declare_api(set, options.api);
  declare_key_sources(set, options.keys);
  set.flag("all", options.all, "Also show passed checks");
  set.flag("json", options.json, "Print one JSON object with all findings");
  set.per_call({"all"});
  config::add_common(set, options.common, config::uses::both);
}

}  // namespace

config::command doctor() {
  auto options = std::make_shared<settings>();
  options->api.timeout = std::chrono::seconds(2);  // the whole command ends within two seconds
  return {
      .name = "doctor",
      .description = "Check servers, settings, keys and gateway",
      .examples =
          "  trunkline doctor\n"
          "  trunkline doctor --all --signing-keys-file /etc/trunkline/signing-keys\n"
          "  OPENPHONE_API_KEY=... trunkline doctor --public-url "
          "https://hooks.example.com/api/webhooks/openphone\n"
          "  trunkline doctor --json | jq '.findings[] | select(.level == \"error\")'\n"
          "Each finding names a fix. The command changes nothing. It sends the gateway one "
          "delivery "
          "with an\n"
          "invalid signature, which counts as a rejected request.\n"
          "Exit codes: 0 passed, or notes only; 1 an error; 2 a warning and no error; 3 a server "
          "is "
          "unreachable.\n",
      .declare = [options](config::option_set& set, config::arguments&) { declare(set, *options); },
      .run = [options]() -> int { run(*options); }};
}

}  // namespace trunkline::cli
