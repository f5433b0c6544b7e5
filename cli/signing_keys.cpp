// SPDX-License-Identifier: Apache-2.0
#include "cli/signing_keys.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {

void declare_keys(config::option_set& options, signature::key_sources& target) {
  const std::string group = "Signing keys";
  target.option = "--key";
  options.list(
      "key", target.texts,
      "Signing key as the gateway takes it: whsec_BASE64, legacy:BASE64, hex:TEXT or as copied "
      "from the app",
      {.secret = true,
       .fallback_env = {"TRUNKLINE_SIGNING_KEYS", "OPENPHONE_WEBHOOK_SIGNING_KEY"},
       .group = group}
  );
  options.check("key", [&target] { return check_key_texts(target); });
  options.text(
      "signing-keys-file", target.file, "File of signing keys, one a line, # comments",
      {.group = group, .value = "FILE"}
  );
  options.check("signing-keys-file", [&target] { return check_key_file(target); });
}

}  // namespace trunkline::cli
