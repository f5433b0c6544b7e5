// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/stored_key.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "admin/webhooks/keys_file.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

std::string prompt_for_file() {
  std::fputs("Signing keys file of the gateway to add the key to (empty: none): ", stderr);
  std::string path;
  std::getline(std::cin, path);
  return path;
}

}  // namespace

stored_key store_key(const openphone::webhook& webhook, const std::string& file, bool may_prompt) {
  stored_key out;
  out.line = key_line(webhook.api_generation, webhook.key);
  std::string path = file;
  if (path.empty() && may_prompt && ::isatty(STDIN_FILENO) == 1) path = prompt_for_file();
  if (path.empty()) return out;
  out.error = append_key(path, out.line, "webhook " + webhook.id + ", " + webhook.url);
  if (out.error.empty()) out.file = path;
  return out;
}

void print_reload_hint(const stored_key& key) {
  if (!key.error.empty())
    std::fprintf(stderr, "the key was not added: %s\n", printable(key.error).c_str());
  if (!key.file.empty())
    std::fprintf(
        stderr,
        "key added to %s; reload the gateway: systemctl restart trunkline-gateway, or kill -HUP\n",
        printable(key.file).c_str()
    );
  else
    std::fputs("add the key to the gateway's signing keys file, and reload the gateway\n", stderr);
}

}  // namespace trunkline::cli
