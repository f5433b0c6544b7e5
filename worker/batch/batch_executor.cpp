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
struct batch_executor::progress {
  int collisions = 0, losses = 0, immediate_retries = 0;
  std::optional<store::store_error>
      failure_to_record;  // the slice is one event, and this is its failure
  int lock_waits = 0;     // of the whole batch: lock waits while halved

  void next_slice() {
    collisions = losses = immediate_retries = 0;
    failure_to_record.reset();
  }
};

batch_executor::batch_executor(
    store::event_store& events, dependency_wait& postgres_wait, stop_signal& stop, limits most,
    random_unit random, logger log
)
    : store_(events),
      postgres_wait_(postgres_wait),
      stop_(stop),
      limits_(most),
      random_(std::move(random)),
      log_(std::move(log)) {}

std::optional<store::store_error> batch_executor::probe() {
  const auto answer = store_.probe();
  if (answer) return std::nullopt;
  return answer.error();
}

next_step batch_executor::choose_step(
    const store::store_error& error, progress& so_far, const batch_bisection::slice& slice
) {
  const auto who = classify(error);
  if (who == failure_cause::collision) ++so_far.collisions;
  if (who == failure_cause::connection) ++so_far.losses;
  // A session stays read-only when the server no longer is, or when another one is the primary now:
  // the next try gets a new one.
  if (error.sqlstate == "25006") store_.interrupt();
  const bool passed = needs_probe(who) && !probe();
  const auto step =
      decide(who, passed, {slice.count, slice.halved, so_far.collisions, so_far.losses});
  log_.debug(
      "a transaction failed", {{"errc", error.sqlstate},
                               {"failure_cause", to_string(who)},
                               {"next", to_string(step)},
                               {"entries", slice.count},
                               {"error", error.message}}
  );
  return step;
}

// False: nothing more can be done with the work now; a stop came, or it went back.
bool batch_executor::wait_for_dependency(
    const store::store_error& error, failure_cause who, batch_task* task,
    const batch_bisection& plan
) {
  const auto most = who == failure_cause::schema_or_privileges ? limits_.outage_backoff_max
                                                               : limits_.probe_interval_max;
  for (auto reason = describe(error); postgres_wait_.wait(reason, most);) {
    if (task && !task->kept_while_blocked() && task->release(plan.rest())) return false;
    const auto refused = needs_probe(who) ? probe() : std::nullopt;
    if (!refused) return true;
    reason = describe(*refused);
  }
  return false;
}

bool batch_executor::recover_from(const store::store_error& error, std::string_view doing) {
  if (store::is_pause(error)) return !stop_.requested();
  const auto who = classify(error);
  if (who == failure_cause::collision) return !stop_.wait_for(collision_delay(random_()));
  if (who == failure_cause::schema_or_privileges || (needs_probe(who) && probe()))
    return wait_for_dependency(error, who, nullptr, batch_bisection(0));
  postgres_wait_.mark_available();
  if (const auto quiet = complaints_.pass())
    log_.error(
        "a call failed though Postgres is well", {{"doing", doing},
                                                  {"errc", error.sqlstate},
                                                  {"error", error.message},
                                                  {"not_shown", *quiet}}
    );
  return !stop_.wait_for(limits_.probe_interval_max);
}

bool batch_executor::run(batch_task& task) {
  batch_bisection plan(task.size(), task.one_by_one());
  progress so_far;
  // Halving under one locked row costs a lock wait a level. A locked table would cost one an entry:
  // past this budget the rest goes back.
  const int patience = 2 * static_cast<int>(std::bit_width(task.size())) + 4;

  while (const auto slice = plan.next()) {
    postgres_wait_.heartbeat();
    const bool counting = so_far.failure_to_record.has_value();
    if (!counting && task.overdue()) {
      task.release(plan.rest());
      return true;
    }
    const auto failed = counting ? task.record_failure(slice->first, *so_far.failure_to_record)
                                 : task.apply(*slice);
    if (!failed) {
      postgres_wait_.mark_available();
      plan.done();
      so_far.next_slice();
      continue;
    }
    if (store::is_pause(*failed) || stop_.expired()) {
      task.release(plan.rest());
      return false;
    }
    auto step = choose_step(*failed, so_far, *slice);
    // A server that takes the probe and refuses us again and again is no house to live in.
    if (step == next_step::retry_now && ++so_far.immediate_retries > max_losses)
      step = next_step::wait_for_server;
    if (step == next_step::halve && so_far.collisions > 0 && ++so_far.lock_waits > patience) {
      task.release(plan.rest());
      return true;
    }
    switch (step) {
      case next_step::retry_now:
        break;
      case next_step::retry_after_jitter:
        stop_.wait_for(collision_delay(random_()));
        break;
      case next_step::halve:
        plan.halve();
        so_far.next_slice();
        break;
      case next_step::record_failure:
        if (counting) {
          task.abandon(slice->first, *failed);
          plan.done();
          so_far.next_slice();
        } else {
          so_far.failure_to_record = failed;
          so_far.collisions = so_far.losses = so_far.immediate_retries = 0;
        }
        break;
      case next_step::release:
        task.release({*slice});
        plan.done();
        so_far.next_slice();
        break;
      case next_step::wait_for_server:
        if (!wait_for_dependency(*failed, classify(*failed), &task, plan)) {
          if (task.kept_while_blocked() || stop_.requested()) task.release(plan.rest());
          return !stop_.requested();
        }
        break;
    }
  }
  return true;
}

}  // namespace trunkline::worker
