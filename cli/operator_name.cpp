// SPDX-License-Identifier: Apache-2.0
#include "cli/operator_name.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace trunkline::cli {
namespace {

std::string user_name() {
  // With sudo: the user who called it.
  if (const char* name = std::getenv("SUDO_USER"); name != nullptr && *name != '\0') return name;
  if (const auto* entry = ::getpwuid(::geteuid())) return entry->pw_name;
  return std::to_string(::geteuid());
}

}  // namespace

std::string operator_name() {
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return user_name() + "@" + host;
}

}  // namespace trunkline::cli
