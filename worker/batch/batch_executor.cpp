// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/batch_executor.hpp"

#include <bit>

#include "store/events/pause_error.hpp"
#include "worker/batch/retry_backoff.hpp"

namespace trunkline::worker {
namespace {

// Returns the reason for readiness, process info and log. The message contains no row data.
std::string describe(const store::store_error& error) {
  auto text = "postgres: " + error.message;
  if (!error.sqlstate.empty()) text += " (" + error.sqlstate + ")";
  // A prepared statement is missing or exists already: the session was another client's.
  if (error.sqlstate == "26000" || error.sqlstate == "42P05")
    text += "; a connection pooler must be in session mode";
  return text;
}

}  // namespace

struct batch_executor::progress {
  // Halving under one locked row costs a lock wait per level, under a locked table one per entry.
  // Beyond this limit the rest is released.
  explicit progress(std::size_t entries)
      : max_lock_waits(2 * static_cast<int>(std::bit_width(entries)) + 4) {}

  // Consecutive failures of the current slice.
  int collisions = 0, losses = 0, immediate_retries = 0;
  // Set if the current slice is one event whose failure is to be recorded.
  std::optional<store::store_error> failure_to_record;
  // Lock waits of the whole batch while it was halved.
  int lock_waits = 0;
  const int max_lock_waits;

  void next_slice() {
    collisions = losses = immediate_retries = 0;
    failure_to_record.reset();
  }
};

batch_executor::batch_executor(
    store::event_store& store, dependency_wait& postgres_wait, stop_signal& stop, limits bounds,
    random_unit random, logger log
)
    : store_(store),
      postgres_wait_(postgres_wait),
      stop_(stop),
      limits_(bounds),
      random_(std::move(random)),
      log_(std::move(log)) {}

std::optional<store::store_error> batch_executor::probe() {
  const auto probed = store_.probe();
  if (probed) return std::nullopt;
  return probed.error();
}

next_step batch_executor::choose_step(
    const store::store_error& error, progress& so_far, const batch_bisection::slice& slice
) {
  const auto cause = classify(error);
  if (cause == failure_cause::collision) ++so_far.collisions;
  if (cause == failure_cause::connection) ++so_far.losses;
  // A session stays read-only after the server left that state or another server became the
  // primary. The next attempt uses a new session.
  if (error.sqlstate == "25006") store_.interrupt();
  const bool passed = needs_probe(cause) && !probe();
  const auto step =
      decide(cause, passed, {slice.count, slice.halved, so_far.collisions, so_far.losses});
  log_.debug(
      "transaction failed", {{"errc", error.sqlstate},
                             {"cause", to_string(cause)},
                             {"next", to_string(step)},
                             {"entries", slice.count},
                             {"error", error.message}}
  );
  // A server that passes probes and keeps failing the slice is not available either.
  if (step == next_step::retry_now && ++so_far.immediate_retries > max_losses)
    return next_step::wait_for_server;
  return step;
}

// Waits until the server is available. Returns false if the task cannot continue: a stop was
// requested, or the task was released.
bool batch_executor::wait_for_server(
    const store::store_error& error, failure_cause cause, batch_task* task,
    const batch_bisection& plan
) {
  const auto backoff_max = cause == failure_cause::schema_or_privileges
                               ? limits_.outage_backoff_max
                               : limits_.probe_interval_max;
  for (auto reason = describe(error); postgres_wait_.wait(reason, backoff_max);) {
    if (task && !task->kept_while_blocked() && task->release(plan.rest())) return false;
    const auto failed = needs_probe(cause) ? probe() : std::nullopt;
    if (!failed) return true;
    reason = describe(*failed);
  }
  return false;
}

bool batch_executor::recover_from(const store::store_error& error, std::string_view operation) {
  if (store::is_pause(error)) return !stop_.requested();
  const auto cause = classify(error);
  if (cause == failure_cause::collision) return !stop_.wait_for(collision_delay(random_()));
  if (cause == failure_cause::schema_or_privileges || (needs_probe(cause) && probe()))
    return wait_for_server(error, cause, nullptr, batch_bisection(0));
  postgres_wait_.mark_available();
  if (const auto suppressed = failed_calls_.admit())
    log_.error(
        "PostgreSQL call failed, probe passed", {{"operation", operation},
                                                 {"errc", error.sqlstate},
                                                 {"error", error.message},
                                                 {"suppressed", *suppressed}}
    );
  return !stop_.wait_for(limits_.probe_interval_max);
}

bool batch_executor::run(batch_task& task) {
  batch_bisection plan(task.size(), task.one_by_one());
  progress so_far(task.size());
  while (const auto slice = plan.next()) {
    postgres_wait_.heartbeat();
    const bool recording = so_far.failure_to_record.has_value();
    if (!recording && task.overdue()) {
      task.release(plan.rest());
      return true;
    }
    const auto failed = recording ? task.record_failure(slice->first, *so_far.failure_to_record)
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
    if (const auto result = handle_failure(*failed, task, plan, so_far)) return *result;
  }
  return true;
}

// Carries out the next step for the current slice. Returns the result of run() if the task ends
// with this step.
std::optional<bool> batch_executor::handle_failure(
    const store::store_error& failed, batch_task& task, batch_bisection& plan, progress& so_far
) {
  const auto slice = *plan.next();
  switch (choose_step(failed, so_far, slice)) {
    case next_step::retry_now:
      break;
    case next_step::retry_after_jitter:
      stop_.wait_for(collision_delay(random_()));
      break;
    case next_step::halve:
      if (so_far.collisions > 0 && ++so_far.lock_waits > so_far.max_lock_waits) {
        task.release(plan.rest());
        return true;
      }
      plan.halve();
      so_far.next_slice();
      break;
    case next_step::record_failure:
      if (so_far.failure_to_record) {
        task.abandon(slice.first, failed);
        plan.done();
        so_far.next_slice();
      } else {
        so_far.next_slice();
        so_far.failure_to_record = failed;
      }
      break;
    case next_step::release:
      task.release({slice});
      plan.done();
      so_far.next_slice();
      break;
    case next_step::wait_for_server:
      if (wait_for_server(failed, classify(failed), &task, plan)) break;
      if (task.kept_while_blocked() || stop_.requested()) task.release(plan.rest());
      return !stop_.requested();
  }
  return std::nullopt;
}

}  // namespace trunkline::worker
