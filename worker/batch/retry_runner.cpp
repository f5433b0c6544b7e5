// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/retry_runner.hpp"

#include <algorithm>
#include <span>

#include "worker/batch/outcome_recorder.hpp"
#include "worker/batch/poison_guard.hpp"
#include "worker/batch/retry_backoff.hpp"

namespace trunkline::worker {
namespace {

// Bounds the memory of a lease, which has no limit in bytes: 64 bodies of at most 1 MiB.
constexpr int max_leased = 64;
// Bounds the time for suspects, during which new deliveries wait.
constexpr std::chrono::milliseconds max_suspects_time{500};

class retry_task final : public batch_task {
 public:
  using time = std::chrono::steady_clock::time_point;

  retry_task(worker_context& context, std::vector<store::leased_event> batch, time good_until)
      : context_(context), batch_(std::move(batch)), good_until_(good_until) {}

  std::size_t size() const override { return batch_.size(); }
  bool kept_while_blocked() const override { return false; }
  // A lease that expires while its worker is alive would count as a crash.
  bool overdue() const override { return std::chrono::steady_clock::now() > good_until_; }

  std::optional<store::store_error> apply(const batch_bisection::slice& slice) override {
    const auto part = within(slice);
    const auto applied = context_.store.apply_leased(part);
    if (!applied) return applied.error();
    for (std::size_t i = 0; i < part.size(); ++i)
      if ((*applied)[i]) context_.outcomes.retried(part[i]);
    return std::nullopt;
  }

  std::optional<store::store_error> record_failure(std::size_t index, const store::store_error& why)
      override {
    const auto& event = batch_[index];
    const auto& limits = context_.options;
    const auto delay =
        backoff(event.attempts + 1, limits.retry_base, limits.retry_cap, context_.random());
    const auto recorded = context_.store.fail_leased(event, why, delay, limits.max_attempts);
    if (!recorded) return recorded.error();
    const bool last = event.attempts + 1 >= limits.max_attempts;
    if (*recorded)
      context_.outcomes.failed(
          event.what, event.attempts + 1, last ? store::outcome::dead : store::outcome::retrying,
          why
      );
    return std::nullopt;
  }

  bool release(const std::vector<batch_bisection::slice>& slices) override {
    bool all = true;
    for (const auto& slice : slices)
      if (slice.count > 0) all = context_.store.release(within(slice)).has_value() && all;
    return all;
  }

  void abandon(std::size_t index, const store::store_error& why) override {
    context_.log.error(
        "failed retry not recorded; lease expires",
        {{"entry_id", batch_[index].what.entry_id}, {"errc", why.sqlstate}, {"error", why.message}}
    );
  }

 private:
  std::span<const store::leased_event> within(const batch_bisection::slice& slice) const {
    return std::span(batch_).subspan(slice.first, slice.count);
  }

  worker_context& context_;
  std::vector<store::leased_event> batch_;
  const time good_until_;
};

}  // namespace

retry_runner::retry_runner(
    worker_context& context, batch_executor& executor, dependency_wait& postgres_wait,
    interval_gate& poll_due, const stop_signal& stop
)
    : context_(context),
      executor_(executor),
      postgres_wait_(postgres_wait),
      poll_due_(poll_due),
      stop_(stop) {}

void retry_runner::run() {
  if (!postgres_wait_.waiting() && !poll_due_.try_acquire()) return;
  run_due();
  if (!postgres_wait_.waiting()) run_suspects();
}

void retry_runner::run_due() {
  const auto& options = context_.options;
  const int limit = std::min(options.batch, max_leased);
  const auto good_until = std::chrono::steady_clock::now() + options.lease / 2;
  std::vector<store::expired_retry> expired;
  auto leased = context_.store.lease_due(limit, options.lease, options.max_deliveries, &expired);
  for (const auto& retry : expired) context_.outcomes.dead_lettered(retry);
  if (!leased) {
    executor_.recover_from(leased.error(), "lease retries");
    return;
  }
  if (leased->empty()) {
    postgres_wait_.mark_available();
    return;
  }
  if (leased->size() == static_cast<std::size_t>(limit)) poll_due_.reset();
  context_.log.debug("retries leased", {{"entries", leased->size()}});
  retry_task task(context_, std::move(*leased), good_until);
  executor_.run(task);
}

void retry_runner::run_suspects() {
  const auto& options = context_.options;
  const auto end = std::chrono::steady_clock::now() + max_suspects_time;
  while (!stop_.requested() && std::chrono::steady_clock::now() < end) {
    // If another thread processes a suspect, that thread continues with the next one.
    const auto admitted = context_.poison.try_admit_suspect();
    if (!admitted) return;
    const auto good_until = std::chrono::steady_clock::now() + options.lease / 2;
    auto leased = context_.store.lease_suspect(options.lease, options.max_deliveries);
    if (!leased) {
      executor_.recover_from(leased.error(), "lease suspect");
      return;
    }
    if (leased->empty()) return;
    context_.log.debug(
        "suspect leased",
        {{"claims", leased->front().claims}, {"entry_id", leased->front().what.entry_id}}
    );
    retry_task task(context_, std::move(*leased), good_until);
    if (!executor_.run(task)) return;
  }
  poll_due_.reset();
}

}  // namespace trunkline::worker
