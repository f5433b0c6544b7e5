// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cli/output.hpp"
#include "common/cli/config.hpp"
#include "openphone/connect.hpp"

namespace trunkline::cli {

// Registers --api-url, --api-key-file, --ca-file and --api-timeout. The key itself has no flag: a
// command line is visible to all users.
void declare_api(config::option_set&, openphone::settings& target);

}  // namespace trunkline::cli
