// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "cli/output.hpp"
#include "openphone/models.hpp"

namespace trunkline::cli {

struct stored_key {
  // The key as the gateway accepts it.
  std::string line;
  // The file that it was added to, or empty.
  std::string file;
  // Why it could not be added, or empty.
  std::string error;
};
// Adds the signing key of a new webhook to the gateway's keys file. Without a file it prompts for
// one, if that is allowed and standard input is a terminal. Print the key before: it is in no later
// response of the provider.
stored_key store_key(const openphone::webhook&, const std::string& file, bool may_prompt);

// Prints on stderr what to do next.
void print_reload_hint(const stored_key&);

}  // namespace trunkline::cli
