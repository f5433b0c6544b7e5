// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/base/config.hpp"
#include "common/signature/signature.hpp"

// Signing keys as the gateway takes them, for the verbs that sign or verify.
namespace trunkline::ctl {

struct key_sources {
  std::vector<std::string> texts;  // --key and its variables; each may hold several lines
  std::string file;                // --signing-keys-file, or empty
};

struct loaded_keys {
  signature::key_ring ring;
  std::vector<std::string> texts;     // by key index; for explanations, never printed
  std::vector<std::string> problems;  // "key 2 of FILE: what follows whsec_ is not base64"
};

// Registers --key and --signing-keys-file; a bad key, or none at all, is a configuration problem.
void declare_keys(config::option_set&, key_sources& target);
loaded_keys load_keys(const key_sources&);

}  // namespace trunkline::ctl
