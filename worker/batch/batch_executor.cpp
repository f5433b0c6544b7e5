// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/batch_executor.hpp"

#include <bit>

#include "store/events/pause_error.hpp"
#include "worker/batch/retry_backoff.hpp"

namespace trunkline::worker {
namespace {

// For people: readiness, heartbeat, log. The message has no row data (store_error).
std::string describe(const store::store_error& error) {
  auto text = "postgres: " + error.message;
  if (!error.sqlstate.empty()) text += " (" + error.sqlstate + ")";
  // Lost, or there already: the statements of somebody else's session.
  if (error.sqlstate == "26000" || error.sqlstate == "42P05")
    text += "; a pooler between us and Postgres must be in session mode";
  return text;
}

}  // namespace

// Of the slice in hand, in a row.
struct carrier::progress {
  int collisions = 0, losses = 0, repeats = 0;
  std::optional<store::store_error> to_count;  // the slice is one event, and this is its failure
  int futile = 0;                              // of the whole batch: lock waits while halved

  void next_slice() {
    collisions = losses = repeats = 0;
    to_count.reset();
  }
};

carrier::carrier(
    store::event_store& events, hold& postgres, stop_signal& stop, limits most, random_unit random,
    logger log
)
    : store_(events),
      hold_(postgres),
      stop_(stop),
      limits_(most),
      random_(std::move(random)),
      log_(std::move(log)) {}

std::optional<store::store_error> carrier::probe() {
  const auto answer = store_.probe();
  if (answer) return std::nullopt;
  return answer.error();
}

next_step carrier::judge(
    const store::store_error& error, progress& so_far, const isolation::slice& slice
) {
  const auto who = classify(error);
  if (who == blame::collision) ++so_far.collisions;
  if (who == blame::connection) ++so_far.losses;
  // A session stays read-only when the server no longer is, or when another one is the primary now:
  // the next try gets a new one.
  if (error.sqlstate == "25006") store_.interrupt();
  const bool passed = needs_probe(who) && !probe();
  const auto step =
      decide(who, passed, {slice.count, slice.halved, so_far.collisions, so_far.losses});
  log_.debug(
      "a transaction failed", {{"errc", error.sqlstate},
                               {"blame", to_string(who)},
                               {"next", to_string(step)},
                               {"entries", slice.count},
                               {"error", error.message}}
  );
  return step;
}

// False: nothing more can be done with the work now; a stop came, or it went back.
bool carrier::hold_on(
    const store::store_error& error, blame who, work* task, const isolation& plan
) {
  const auto most = who == blame::upkeep ? limits_.hold_most : limits_.probe_most;
  for (auto reason = describe(error); hold_.wait(reason, most);) {
    if (task && !task->kept_over_hold() && task->give_back(plan.rest())) return false;
    const auto refused = needs_probe(who) ? probe() : std::nullopt;
    if (!refused) return true;
    reason = describe(*refused);
  }
  return false;
}

bool carrier::survive(const store::store_error& error, std::string_view doing) {
  if (store::is_pause(error)) return !stop_.requested();
  const auto who = classify(error);
  if (who == blame::collision) return !stop_.wait_for(collision_delay(random_()));
  if (who == blame::upkeep || (needs_probe(who) && probe()))
    return hold_on(error, who, nullptr, isolation(0));
  hold_.over();
  if (const auto quiet = complaints_.pass())
    log_.error(
        "a call failed though Postgres is well", {{"doing", doing},
                                                  {"errc", error.sqlstate},
                                                  {"error", error.message},
                                                  {"not_shown", *quiet}}
    );
  return !stop_.wait_for(limits_.probe_most);
}

bool carrier::carry(work& task) {
  isolation plan(task.size(), task.one_by_one());
  progress so_far;
  // Halving under one locked row costs a lock wait a level. A locked table would cost one an entry:
  // past this budget the rest goes back.
  const int patience = 2 * static_cast<int>(std::bit_width(task.size())) + 4;

  while (const auto slice = plan.next()) {
    hold_.alive();
    const bool counting = so_far.to_count.has_value();
    if (!counting && task.overdue()) {
      task.give_back(plan.rest());
      return true;
    }
    const auto failed =
        counting ? task.count_failure(slice->first, *so_far.to_count) : task.apply(*slice);
    if (!failed) {
      hold_.over();
      plan.done();
      so_far.next_slice();
      continue;
    }
    if (store::is_pause(*failed) || stop_.expired()) {
      task.give_back(plan.rest());
      return false;
    }
    auto step = judge(*failed, so_far, *slice);
    // A server that takes the probe and refuses us again and again is no house to live in.
    if (step == next_step::again && ++so_far.repeats > most_losses) step = next_step::hold;
    if (step == next_step::halve && so_far.collisions > 0 && ++so_far.futile > patience) {
      task.give_back(plan.rest());
      return true;
    }
    switch (step) {
      case next_step::again:
        break;
      case next_step::again_soon:
        stop_.wait_for(collision_delay(random_()));
        break;
      case next_step::halve:
        plan.halve();
        so_far.next_slice();
        break;
      case next_step::count:
        if (counting) {
          task.abandon(slice->first, *failed);
          plan.done();
          so_far.next_slice();
        } else {
          so_far.to_count = failed;
          so_far.collisions = so_far.losses = so_far.repeats = 0;
        }
        break;
      case next_step::give_back:
        task.give_back({*slice});
        plan.done();
        so_far.next_slice();
        break;
      case next_step::hold:
        if (!hold_on(*failed, classify(*failed), &task, plan)) {
          if (task.kept_over_hold() || stop_.requested()) task.give_back(plan.rest());
          return !stop_.requested();
        }
        break;
    }
  }
  return true;
}

}  // namespace trunkline::worker
