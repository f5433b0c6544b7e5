// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

#include "worker/batch/failure_cause.hpp"

// Decides what follows a failed transaction. Pure: the implementation of the table in
// docs/architecture.md, "Failures".
namespace trunkline::worker {

// The attempts of a slice so far.
struct attempt_history {
  // Entries in the slice.
  std::size_t entries = 1;
  // Whether the slice is part of a batch that was split.
  bool halved = false;
  // Consecutive collisions of the slice, including the current one.
  int collisions = 0;
  // Consecutive connections lost with the slice, including the current one.
  int losses = 0;
};

enum class next_step {
  // Applies the slice again immediately. The event key absorbs a commit in doubt.
  retry_now,
  // Applies the slice again after a few random milliseconds.
  retry_after_jitter,
  // Splits the slice to find the failing event.
  halve,
  // Counts a failed attempt of the only event in the slice.
  record_failure,
  // Releases the slice without counting an attempt.
  release,
  // Keeps the slice and counts nothing until the server is available.
  wait_for_server,
};
std::string_view to_string(next_step);

// Consecutive collisions of a slice before it is split or released.
inline constexpr int max_collisions = 5;
// Consecutive lost connections before the slice is considered the cause.
inline constexpr int max_losses = 2;

// Returns the step after a failure. probe_passed has a meaning only if needs_probe().
next_step decide(failure_cause, bool probe_passed, const attempt_history&);

}  // namespace trunkline::worker
