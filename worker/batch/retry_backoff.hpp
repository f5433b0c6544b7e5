// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

// Delays between attempts. Pure functions: unit is a random number, evenly distributed in [0, 1).
namespace trunkline::worker {

// Returns the delay after the given number of consecutive failures (1 or more): a random time in
// [c/2, c], where c = min(max, min * 2^(failures - 1)).
std::chrono::milliseconds backoff(
    int failures, std::chrono::milliseconds min, std::chrono::milliseconds max, double unit
);

// Returns the delay before a transaction that failed with a collision is repeated: 5 to 80 ms.
std::chrono::milliseconds collision_delay(double unit);

}  // namespace trunkline::worker
