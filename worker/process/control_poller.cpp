// SPDX-License-Identifier: Apache-2.0
#include "worker/process/control_poller.hpp"

namespace trunkline::worker {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds paused_interval = 200ms;

// Returns "by ann@ops1 since 2026-11-23T01:00:00Z until ...: reason".
std::string describe(const store::control_state::pause& pause) {
  return "by " + pause.by + " since " + pause.since +
         (pause.until.empty() ? "" : " until " + pause.until) + ": " + pause.reason;
}

}  // namespace

control_poller::control_poller(
    shared_state& shared, store::event_store& store, delivery_stream& stream,
    dependency_wait& redis_wait, dependency_wait& postgres_wait
)
    : shared_(shared),
      store_(store),
      stream_(stream),
      redis_wait_(redis_wait),
      postgres_wait_(postgres_wait),
      redis_check_due_(1s) {}

std::optional<store::store_error> control_poller::fetch() {
  const auto controls = store_.controls(shared_.id);
  if (!controls) return controls.error();
  const auto note = controls->paused ? describe(*controls->paused) : "";
  if (shared_.status.pause(note))
    shared_.log.info(note.empty() ? "resumed" : "paused", {{"note", note}});
  if (controls->drain && !shared_.stop.requested()) {
    shared_.log.info("drain requested by an operator");
    shared_.drain();
  }
  return std::nullopt;
}

control_poller::mode control_poller::poll() {
  const bool outdated = shared_.status.paused() && postgres_wait_.waiting();
  if (shared_.controls_due.try_acquire() || outdated)
    if ((error_ = fetch())) return mode::unknown;
  return shared_.status.paused() ? mode::paused : mode::apply;
}

void control_poller::wait_while_paused() {
  if (redis_check_due_.try_acquire()) {
    const auto pending = stream_.own_pending("-", "+", 1);
    if (!pending)
      redis_wait_.wait("redis: " + pending.error, shared_.options.probe_interval_max);
    else
      redis_wait_.mark_available();
  }
  // During a pause, reading the controls is the only call to PostgreSQL, and it succeeded.
  postgres_wait_.mark_available();
  shared_.stop.wait_for(paused_interval);
}

}  // namespace trunkline::worker
