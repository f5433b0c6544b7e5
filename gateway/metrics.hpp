// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "gateway/counters.hpp"

namespace trunkline::gateway {

// Returns the body of GET /metrics.
std::string metrics_page(const counter_totals&, std::int64_t redis_reconnects);

}  // namespace trunkline::gateway
