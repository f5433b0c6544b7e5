// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/failure_cause.hpp"

namespace trunkline::worker {
namespace {

bool in_class(std::string_view sqlstate, std::string_view prefix) {
  return sqlstate.size() == 5 && sqlstate.starts_with(prefix);
}

failure_cause classify_state(std::string_view sqlstate) {
  if (in_class(sqlstate, "22") || in_class(sqlstate, "23")) return failure_cause::event;
  if (sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03")
    return failure_cause::collision;
  // 26000: our prepared statement is not there, because a pooler gave us another's session.
  // 53100: the disk is full. The probe's small write may still find room.
  if (in_class(sqlstate, "42") || sqlstate == "26000" || sqlstate == "53100")
    return failure_cause::schema_or_privileges;
  // The server said that this session ends: somebody stopped it, or what it ran did.
  if (in_class(sqlstate, "08") || sqlstate == "57P01" || sqlstate == "57P04" ||
      sqlstate == "57P05" || sqlstate == "25P03")
    return failure_cause::connection;
  // Another session crashed, the server is starting or stopping, or it became read-only: not this
  // batch, in any case.
  if (sqlstate == "57P02" || sqlstate == "57P03" || sqlstate == "25006")
    return failure_cause::server_unavailable;
  return failure_cause::unknown;
}

// A halved slice has its second loss behind it already: only the last one standing gets another
// chance, so that a server restarted at a bad moment costs no event an attempt.
int losses_allowed(const attempt_history& seen) {
  return seen.halved && seen.entries > 1 ? 1 : max_losses;
}

next_step isolate(const attempt_history& seen) {
  return seen.entries > 1 ? next_step::halve : next_step::record_failure;
}

next_step after_collision(const attempt_history& seen) {
  // A slice of a split batch is tried once: whoever holds the lock has been waited for already.
  const int tries = seen.halved ? 1 : max_collisions;
  if (seen.collisions < tries) return next_step::retry_after_jitter;
  return seen.entries > 1 ? next_step::halve : next_step::release;
}

}  // namespace

failure_cause classify(const store::store_error& error) {
  switch (error.kind) {
    case store::store_error_kind::unreachable:
      return failure_cause::server_unavailable;
    case store::store_error_kind::schema:
      return failure_cause::schema_or_privileges;
    case store::store_error_kind::lost:
    case store::store_error_kind::in_doubt:
      return classify_state(error.sqlstate) == failure_cause::server_unavailable
                 ? failure_cause::server_unavailable
                 : failure_cause::connection;
    case store::store_error_kind::sql:
      return classify_state(error.sqlstate);
  }
  return failure_cause::unknown;
}

std::string_view to_string(failure_cause who) {
  switch (who) {
    case failure_cause::event:
      return "event";
    case failure_cause::collision:
      return "collision";
    case failure_cause::schema_or_privileges:
      return "upkeep";
    case failure_cause::connection:
      return "connection";
    case failure_cause::server_unavailable:
      return "house";
    case failure_cause::unknown:
      break;
  }
  return "unknown";
}

std::string_view to_string(next_step step) {
  switch (step) {
    case next_step::retry_now:
      return "again";
    case next_step::retry_after_jitter:
      return "again soon";
    case next_step::halve:
      return "halve";
    case next_step::record_failure:
      return "count";
    case next_step::release:
      return "give back";
    case next_step::wait_for_server:
      break;
  }
  return "hold";
}

bool needs_probe(failure_cause who) {
  return who == failure_cause::connection || who == failure_cause::server_unavailable ||
         who == failure_cause::unknown;
}

next_step decide(failure_cause who, bool probe_passed, const attempt_history& seen) {
  if (needs_probe(who) && !probe_passed) return next_step::wait_for_server;
  switch (who) {
    case failure_cause::event:
    case failure_cause::unknown:
      return isolate(seen);
    case failure_cause::collision:
      return after_collision(seen);
    case failure_cause::schema_or_privileges:
      return next_step::wait_for_server;
    case failure_cause::server_unavailable:
      return next_step::retry_now;  // it is back already
    case failure_cause::connection:
      return seen.losses < losses_allowed(seen) ? next_step::retry_now : isolate(seen);
  }
  return next_step::wait_for_server;
}

}  // namespace trunkline::worker
