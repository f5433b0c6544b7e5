// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "common/process/common_options.hpp"
#include "common/redis/client.hpp"
#include "common/redis/url.hpp"

// Access to Redis for operators.
namespace trunkline::admin {

// Returns a client named "trunkline-COMMAND" that connects within `budget`. It logs at debug level
// only, because the command reports the same failures.
redis::client open_redis(
    const config::common_options&, const redis::endpoint&, const std::string& command,
    std::chrono::milliseconds budget
);

// Returns a failed result as a sentence: "Redis is unreachable: HOST:PORT/DB: ..." or "Redis
// reported an error: ...".
std::string describe(const redis::client::result&, const redis::endpoint&);

}  // namespace trunkline::admin
