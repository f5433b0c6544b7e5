// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "common/process/common_options.hpp"
#include "common/redis/client.hpp"
#include "common/redis/url.hpp"

// Redis for the operator's verbs.
namespace trunkline::admin {

// A client "trunkline-VERB" whose connecting takes at most `budget`. It logs only at debug level:
// its own lines would repeat what the command says.
redis::client open_redis(
    const config::common_options&, const redis::endpoint&, const std::string& command,
    std::chrono::milliseconds budget
);

// "Redis does not answer: HOST:PORT/DB: ...", or "Redis refuses: ...", of a result that is not ok.
std::string describe(const redis::client::result&, const redis::endpoint&);

}  // namespace trunkline::admin
