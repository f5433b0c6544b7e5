// SPDX-License-Identifier: Apache-2.0
#include "cli/signing_keys.hpp"

namespace trunkline::cli {

void declare_key_sources(config::option_set& set, signature::key_sources& target) {
  const std::string group = "Signing keys";
  target.option = "--signing-key";
  set.list(
      "signing-key", target.texts, "Signing key: whsec_BASE64, legacy:BASE64, hex:TEXT or TEXT",
      {.secret = true,
       .fallback_env = {"TRUNKLINE_SIGNING_KEYS", "OPENPHONE_WEBHOOK_SIGNING_KEY"},
       .group = group,
       .value = "KEY"}
  );
  set.text(
      "signing-keys-file", target.file, "File with one signing key per line",
      {.group = group, .value = "FILE"}
  );
}

void declare_keys(config::option_set& set, signature::key_sources& target) {
  declare_key_sources(set, target);
  set.check("signing-key", [&target] { return check_key_texts(target); });
  set.check("signing-keys-file", [&target] { return check_key_file(target); });
}

}  // namespace trunkline::cli
