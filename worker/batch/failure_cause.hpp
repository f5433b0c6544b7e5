// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "store/events/event_store.hpp"

namespace trunkline::worker {

// What a failed transaction is attributed to.
enum class failure_cause {
  // Classes 22 and 23: a value of one event.
  event,
  // 40001, 40P01, 55P03: a concurrent transaction.
  collision,
  // Class 42, or a schema out of range: a migration or a grant is missing.
  schema_or_privileges,
  // The connection broke during the batch or during COMMIT.
  connection,
  // A connection cannot be made, or the server closed it for a reason outside this session.
  server_unavailable,
  // Any other error. A probe decides between the server and the batch.
  unknown,
};
std::string_view to_string(failure_cause);

// Returns the cause of the error. Pure.
failure_cause classify(const store::store_error&);

// Returns whether a probe, a small write on a new connection, decides the next step.
bool needs_probe(failure_cause);

}  // namespace trunkline::worker
