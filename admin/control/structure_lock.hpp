// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace trunkline::admin {

// Returns the first statement of a transaction that deletes rows which workers' batches may read:
// it waits until no batch is running, and no batch starts until the transaction ends.
std::string structure_lock_sql();

}  // namespace trunkline::admin
