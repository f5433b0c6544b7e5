// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

#include "store/events/event_store.hpp"

// Who is to failure_cause for a failed transaction, and what happens next. Pure: the only place
// that knows the table of docs/architecture.md, "Failures".
namespace trunkline::worker {

enum class failure_cause {
  event,                 // classes 22 and 23: a value that one event brought
  collision,             // 40001, 40P01, 55P03: two transactions in each other's way
  schema_or_privileges,  // class 42, schema out of range: a migration or a grant is missing
  connection,            // it broke under the batch, or during COMMIT
  server_unavailable,  // no connection can be made, or the server broke it because of somebody else
  unknown,             // everything else: a probe tells the house from the batch
};
failure_cause classify(const store::store_error&);
std::string_view to_string(failure_cause);

// A probe is a write of its own on a fresh connection. It is asked only where it decides something.
bool needs_probe(failure_cause);

// What is known of the slice of a batch that failed.
struct attempt_history {
  std::size_t entries = 1;  // in the slice; 1: alone
  bool halved = false;      // it is part of a batch that was split before
  int collisions = 0;       // of this slice in a row, this one included
  int losses = 0;           // connections lost with it in a row, this one included
};

enum class next_step {
  retry_now,           // the same slice at once: the event key absorbs what was committed in doubt
  retry_after_jitter,  // the same slice after a few random milliseconds
  halve,               // somewhere in the slice is the one to failure_cause
  record_failure,      // it is alone and to failure_cause: a failed attempt of that event
  release,             // not now: back to the stream, uncounted
  wait_for_server,     // the house is down or unfit: keep the slice, count nothing
};
std::string_view to_string(next_step);

// max_collisions: tries of one slice before it is given up. probe_passed: only read where
// needs_probe().
next_step decide(failure_cause, bool probe_passed, const attempt_history&);

inline constexpr int max_collisions = 5;
inline constexpr int max_losses = 2;

}  // namespace trunkline::worker
