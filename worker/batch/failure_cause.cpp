// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/failure_cause.hpp"

namespace trunkline::worker {
namespace {

bool in_class(std::string_view sqlstate, std::string_view prefix) {
  return sqlstate.size() == 5 && sqlstate.starts_with(prefix);
}

blame classify_state(std::string_view sqlstate) {
  if (in_class(sqlstate, "22") || in_class(sqlstate, "23")) return blame::event;
  if (sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03") return blame::collision;
  // 26000: our prepared statement is not there, because a pooler gave us another's session.
  // 53100: the disk is full. The probe's small write may still find room.
  if (in_class(sqlstate, "42") || sqlstate == "26000" || sqlstate == "53100") return blame::upkeep;
  // The server said that this session ends: somebody stopped it, or what it ran did.
  if (in_class(sqlstate, "08") || sqlstate == "57P01" || sqlstate == "57P04" ||
      sqlstate == "57P05" || sqlstate == "25P03")
    return blame::connection;
  // Another session crashed, the server is starting or stopping, or it became read-only: not this
  // batch, in any case.
  if (sqlstate == "57P02" || sqlstate == "57P03" || sqlstate == "25006") return blame::house;
  return blame::unknown;
}

// A halved slice has its second loss behind it already: only the last one standing gets another
// chance, so that a server restarted at a bad moment costs no event an attempt.
int losses_allowed(const trial& seen) {
  return seen.halved && seen.entries > 1 ? 1 : most_losses;
}

next_step isolate(const trial& seen) {
  return seen.entries > 1 ? next_step::halve : next_step::count;
}

next_step after_collision(const trial& seen) {
  // A slice of a split batch is tried once: whoever holds the lock has been waited for already.
  const int tries = seen.halved ? 1 : most_collisions;
  if (seen.collisions < tries) return next_step::again_soon;
  return seen.entries > 1 ? next_step::halve : next_step::give_back;
}

}  // namespace

blame classify(const store::store_error& error) {
  switch (error.kind) {
    case store::store_error_kind::away:
      return blame::house;
    case store::store_error_kind::schema:
      return blame::upkeep;
    case store::store_error_kind::lost:
    case store::store_error_kind::in_doubt:
      return classify_state(error.sqlstate) == blame::house ? blame::house : blame::connection;
    case store::store_error_kind::sql:
      return classify_state(error.sqlstate);
  }
  return blame::unknown;
}

std::string_view to_string(blame who) {
  switch (who) {
    case blame::event:
      return "event";
    case blame::collision:
      return "collision";
    case blame::upkeep:
      return "upkeep";
    case blame::connection:
      return "connection";
    case blame::house:
      return "house";
    case blame::unknown:
      break;
  }
  return "unknown";
}

std::string_view to_string(next_step step) {
  switch (step) {
    case next_step::again:
      return "again";
    case next_step::again_soon:
      return "again soon";
    case next_step::halve:
      return "halve";
    case next_step::count:
      return "count";
    case next_step::give_back:
      return "give back";
    case next_step::hold:
      break;
  }
  return "hold";
}

bool needs_probe(blame who) {
  return who == blame::connection || who == blame::house || who == blame::unknown;
}

next_step decide(blame who, bool probe_passed, const trial& seen) {
  if (needs_probe(who) && !probe_passed) return next_step::hold;
  switch (who) {
    case blame::event:
    case blame::unknown:
      return isolate(seen);
    case blame::collision:
      return after_collision(seen);
    case blame::upkeep:
      return next_step::hold;
    case blame::house:
      return next_step::again;  // it is back already
    case blame::connection:
      return seen.losses < losses_allowed(seen) ? next_step::again : isolate(seen);
  }
  return next_step::hold;
}

}  // namespace trunkline::worker
