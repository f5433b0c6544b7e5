// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/cli/config.hpp"
#include "common/signature/key_sources.hpp"

// Options for the gateway's signing keys.
namespace trunkline::cli {

// Declares --signing-key and --signing-keys-file. Keys are optional and are not checked.
void declare_key_sources(config::option_set&, signature::key_sources& target);
// Declares the same options. An invalid key, or no key at all, is a configuration problem.
void declare_keys(config::option_set&, signature::key_sources& target);

}  // namespace trunkline::cli
