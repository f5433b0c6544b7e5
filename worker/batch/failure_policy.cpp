// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/failure_policy.hpp"

namespace trunkline::worker {
namespace {

// A halved slice has already lost two connections. Only the last event gets another attempt, so
// that a server restart during the bisection counts no attempt.
int losses_allowed(const attempt_history& seen) {
  return seen.halved && seen.entries > 1 ? 1 : max_losses;
}

next_step isolate(const attempt_history& seen) {
  return seen.entries > 1 ? next_step::halve : next_step::record_failure;
}

next_step after_collision(const attempt_history& seen) {
  // A slice of a split batch is applied once: the lock has been waited for already.
  const int tries = seen.halved ? 1 : max_collisions;
  if (seen.collisions < tries) return next_step::retry_after_jitter;
  return seen.entries > 1 ? next_step::halve : next_step::release;
}

}  // namespace

std::string_view to_string(next_step step) {
  switch (step) {
    case next_step::retry_now:
      return "retry now";
    case next_step::retry_after_jitter:
      return "retry after jitter";
    case next_step::halve:
      return "halve";
    case next_step::record_failure:
      return "record failure";
    case next_step::release:
      return "release";
    case next_step::wait_for_server:
      break;
  }
  return "wait for server";
}

next_step decide(failure_cause cause, bool probe_passed, const attempt_history& seen) {
  if (needs_probe(cause) && !probe_passed) return next_step::wait_for_server;
  switch (cause) {
    case failure_cause::event:
    case failure_cause::unknown:
      return isolate(seen);
    case failure_cause::collision:
      return after_collision(seen);
    case failure_cause::schema_or_privileges:
      return next_step::wait_for_server;
    case failure_cause::server_unavailable:
      // The probe passed: the server is available again.
      return next_step::retry_now;
    case failure_cause::connection:
      return seen.losses < losses_allowed(seen) ? next_step::retry_now : isolate(seen);
  }
  return next_step::wait_for_server;
}

}  // namespace trunkline::worker
