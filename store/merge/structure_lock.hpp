// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace trunkline::store {

// How a transaction holds the structure lock. Own numbers and links decide what other rows are
// computed from: a batch that changes them runs alone.
enum class structure { shared, exclusive };

// Thrown inside a shared transaction that turns out to need the exclusive lock: it is rolled back
// and run again. Never upgraded in place: two upgraders would wait for each other.
struct needs_exclusive {};

}  // namespace trunkline::store
