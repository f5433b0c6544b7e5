// SPDX-License-Identifier: Apache-2.0
#include "worker/hold.hpp"

#include "worker/backoff.hpp"

namespace trunkline::worker {

hold::hold(
    status_board& board, int thread, house which, stop_signal& stop,
    std::chrono::milliseconds least, random_unit random, logger log
)
    : board_(board),
      thread_(thread),
      which_(which),
      stop_(stop),
      least_(least),
      random_(std::move(random)),
      log_(std::move(log)) {}

bool hold::wait(const std::string& reason, std::chrono::milliseconds most) {
  if (!since_) {
    since_ = std::chrono::steady_clock::now();
    log_.warn("holding", {{"reason", reason}, {"thread", thread_}});
  }
  board_.set(thread_, which_, reason);
  const auto pause = backoff(++step_, least_, most, random_());
  log_.debug("holding on", {{"reason", reason}, {"ms", pause.count()}});
  return !stop_.wait_for(pause);
}

void hold::over() {
  if (starting_) board_.clear(thread_, which_);
  starting_ = false;
  if (!since_) return;
  const auto held = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - *since_
  );
  since_.reset();
  step_ = 0;
  board_.clear(thread_, which_);
  log_.info("hold is over", {{"ms", held.count()}, {"thread", thread_}});
}

}  // namespace trunkline::worker
