// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "gateway/counters.hpp"

namespace trunkline::gateway {

// The answer to GET /metrics.
std::string metrics_page(const figures_sum&, std::int64_t redis_reconnects);

}  // namespace trunkline::gateway
