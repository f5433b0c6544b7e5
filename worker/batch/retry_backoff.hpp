// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

// Delays. Pure: randomness comes in as unit, evenly drawn from [0, 1).
namespace trunkline::worker {

// After the step-th failure in a row (from 1): drawn from [c/2, c], c = min(most, least x
// 2^(step-1)).
std::chrono::milliseconds backoff(
    int step, std::chrono::milliseconds least, std::chrono::milliseconds most, double unit
);

// Before a transaction that collided is run again: 5 to 80 ms.
std::chrono::milliseconds collision_delay(double unit);

}  // namespace trunkline::worker
