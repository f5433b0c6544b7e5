// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cli/output.hpp"
#include "common/cli/config.hpp"
#include "common/signature/key_sources.hpp"

// Signing keys as the gateway takes them, for the verbs that sign or verify.
namespace trunkline::cli {

// Registers --key and --signing-keys-file; a bad key, or none at all, is a configuration problem.
void declare_keys(config::option_set&, signature::key_sources& target);

}  // namespace trunkline::cli
