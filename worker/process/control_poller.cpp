// SPDX-License-Identifier: Apache-2.0
#include "worker/process/control_poller.hpp"

#include "common/process/supervisor.hpp"

namespace trunkline::worker {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds nap = 200ms;

// "by ann@ops1 since 2026-11-23T01:00:00Z until ...: reason"
std::string describe(const store::control_state::pause& pause) {
  return "by " + pause.by + " since " + pause.since +
         (pause.until.empty() ? "" : " until " + pause.until) + ": " + pause.reason;
}

}  // namespace

steering::steering(
    shared_parts& shared, store::event_store& store, deliveries& stream, hold& redis, hold& postgres
)
    : shared_(shared),
      store_(store),
      stream_(stream),
      redis_hold_(redis),
      postgres_hold_(postgres),
      redis_due_(1s) {}

std::optional<store::store_error> steering::ask() {
  const auto told = store_.controls(shared_.id);
  if (!told) return told.error();
  const auto note = told->paused ? describe(*told->paused) : "";
  if (shared_.board.pause(note))
    shared_.log.info(note.empty() ? "resumed" : "paused: nothing is applied", {{"note", note}});
  if (told->drain && !shared_.stop.requested()) {
    shared_.log.info("draining: an operator asked for it");
    shared_.drain();
  }
  return std::nullopt;
}

steering::wish steering::look() {
  const bool blind = shared_.board.paused() && postgres_hold_.holding();
  if (shared_.controls_due.pass() || blind)
    if ((error_ = ask())) return wish::wait;
  return shared_.board.paused() ? wish::idle : wish::work;
}

void steering::idle() {
  if (redis_due_.pass()) {
    const auto mine = stream_.own_pending("-", "+", 1);
    if (!mine)
      redis_hold_.wait("redis: " + mine.problem, shared_.options.probe_most);
    else
      redis_hold_.over();
  }
  postgres_hold_.over();  // no other call would tell that Postgres is back
  shared_.stop.wait_for(nap);
}

}  // namespace trunkline::worker
