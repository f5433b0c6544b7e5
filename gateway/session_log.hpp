// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string_view>

#include "common/log/log.hpp"
#include "common/stream/contract.hpp"
#include "gateway/outcome.hpp"
#include "gateway/request_reader.hpp"

// The debug records of one delivery, found by its delivery_id. They cost nothing while debug
// logging is off.
namespace trunkline::gateway {

void log_begun(const logger&, std::string_view delivery_id, const request_head&);
void log_verified(const logger&, const stream::delivery&, std::size_t body_size);
void log_appended(const logger&, std::string_view delivery_id, std::string_view entry_id);
void log_response(
    const logger&, std::string_view delivery_id, int status, outcome, std::string_view detail,
    std::chrono::steady_clock::duration since_begun
);

}  // namespace trunkline::gateway
