// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/webhooks/delivery_report.hpp"
#include "admin/webhooks/test_delivery.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {

std::string as_text(const delivery_report&);

// Returns clauses that end a message: "; the provider's log shows msg_1: failed".
std::string describe(const delivery_location&);

}  // namespace trunkline::cli
