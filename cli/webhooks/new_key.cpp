// SPDX-License-Identifier: Apache-2.0
#include "cli/webhooks/new_key.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "cli/output.hpp"
#include "admin/webhooks/keys_file.hpp"

namespace trunkline::cli {
namespace {

std::string ask_for_file() {
  std::fputs("Signing keys file of the gateway to add the key to (empty: none): ", stderr);
  std::string path;
  std::getline(std::cin, path);
  return path;
}

}  // namespace

kept_key keep_key(const openphone::webhook& hook, const std::string& file, bool may_ask) {
  kept_key out;
  out.line = key_line(hook.made_by, hook.key);
  std::string path = file;
  if (path.empty() && may_ask && ::isatty(STDIN_FILENO) == 1) path = ask_for_file();
  if (path.empty()) return out;
  out.problem = append_key(path, out.line, "webhook " + hook.id + ", " + hook.url);
  if (out.problem.empty()) out.file = path;
  return out;
}

void say_reload(const kept_key& key) {
  if (!key.problem.empty())
    std::fprintf(stderr, "the key was not added: %s\n", printable(key.problem).c_str());
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
