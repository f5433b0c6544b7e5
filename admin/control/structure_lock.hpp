// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace trunkline::admin {

// First statement of a transaction that removes rows which workers' batches may be looking at: it
// waits until none is under way, and lets none begin until it ends.
std::string structure_lock_sql();

}  // namespace trunkline::admin
