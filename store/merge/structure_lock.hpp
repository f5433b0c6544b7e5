// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace trunkline::store {

// The mode in which a transaction holds the advisory lock "structure". Own numbers and links decide
// the derived columns of other rows, so a batch that changes them runs alone.
enum class structure_lock { shared, exclusive };

// Thrown inside a transaction with the shared lock that needs the exclusive one. The transaction is
// rolled back and run again. A lock is never upgraded: two transactions that upgrade would wait for
// each other.
struct needs_exclusive {};

}  // namespace trunkline::store
