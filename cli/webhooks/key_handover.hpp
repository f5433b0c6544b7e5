// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cli/webhooks/webhooks.hpp"
#include "common/process/common_options.hpp"

namespace trunkline::cli {

// Requests a test event through the webhook every ten seconds, until one has a row, which proves
// that the gateway has the webhook's key, or the time limit is reached. Sets verified if one has a
// row. Reports failures on stderr and returns the exit code.
int verify_key(
    const std::string& command, openphone::api&, const config::common_options&,
    const openphone::webhook&, std::chrono::milliseconds time, bool& verified
);

}  // namespace trunkline::cli
