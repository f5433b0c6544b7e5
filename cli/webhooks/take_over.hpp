// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cli/output.hpp"
#include "common/process/common_options.hpp"
#include "cli/webhooks/webhooks.hpp"

// Does a new webhook deliver, with a key that the gateway has?
namespace trunkline::cli {

// Asks for test events by this webhook, one each ten seconds or so, until one is here or the time
// is over. works: one is. Returns the exit code; what went wrong is told on stderr.
int wait_until_it_works(
    const std::string& command, openphone::api&, const config::common_options&,
    const openphone::webhook&, std::chrono::milliseconds time, bool& works
);

}  // namespace trunkline::cli
