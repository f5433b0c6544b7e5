// SPDX-License-Identifier: Apache-2.0
#include "worker/batch/retry_runner.hpp"

#include <algorithm>
#include <span>

#include "worker/batch/retry_backoff.hpp"

namespace trunkline::worker {
namespace {

// A lease has no limit in bytes: with bodies of 1 MiB this many are still bearable.
constexpr int most_leased = 64;
// Of suspects: new deliveries wait meanwhile.
constexpr std::chrono::milliseconds longest_turn{500};

class lease_work final : public work {
 public:
  using time = std::chrono::steady_clock::time_point;

  lease_work(tools& with, std::vector<store::leased_event> batch, time good_until)
      : tools_(with), batch_(std::move(batch)), good_until_(good_until) {}

  std::size_t size() const override { return batch_.size(); }
  bool kept_over_hold() const override { return false; }
  // A lease that runs out in living hands would count as a crash for whoever takes it next.
  bool overdue() const override { return std::chrono::steady_clock::now() > good_until_; }

  std::optional<store::store_error> apply(const isolation::slice& slice) override {
    const auto part = within(slice);
    const auto applied = tools_.store.apply_leased(part);
    if (!applied) return applied.error();
    for (std::size_t i = 0; i < part.size(); ++i)
      if ((*applied)[i]) tools_.book.retried(part[i]);
    return std::nullopt;
  }

  std::optional<store::store_error> count_failure(std::size_t index, const store::store_error& why)
      override {
    const auto& event = batch_[index];
    const auto& limits = tools_.options;
    const auto delay =
        backoff(event.attempts + 1, limits.retry_base, limits.retry_cap, tools_.random());
    const auto recorded = tools_.store.fail_leased(event, why, delay, limits.max_attempts);
    if (!recorded) return recorded.error();
    const bool last = event.attempts + 1 >= limits.max_attempts;
    if (*recorded)
      tools_.book.failed(
          event.what, event.attempts + 1, last ? store::outcome::dead : store::outcome::retrying,
          why
      );
    return std::nullopt;
  }

  bool give_back(const std::vector<isolation::slice>& slices) override {
    bool all = true;
    for (const auto& slice : slices)
      if (slice.count > 0) all = tools_.store.release(within(slice)).has_value() && all;
    return all;
  }

  void abandon(std::size_t index, const store::store_error& why) override {
    tools_.log.error(
        "a failed retry could not be recorded; its lease runs out and it is tried again",
        {{"entry_id", batch_[index].what.entry_id}, {"errc", why.sqlstate}, {"error", why.message}}
    );
  }

 private:
  std::span<const store::leased_event> within(const isolation::slice& slice) const {
    return std::span(batch_).subspan(slice.first, slice.count);
  }

  tools& tools_;
  std::vector<store::leased_event> batch_;
  const time good_until_;
};

}  // namespace

retries::retries(tools& with, carrier& carrier, hold& postgres, gate& poll, const stop_signal& stop)
    : tools_(with), carrier_(carrier), hold_(postgres), poll_(poll), stop_(stop) {}

void retries::run() {
  if (!hold_.holding() && !poll_.pass()) return;
  run_due();
  if (!hold_.holding()) run_suspects();
}

void retries::run_due() {
  const int most = std::min(tools_.options.batch, most_leased);
  const auto good_until = std::chrono::steady_clock::now() + tools_.options.lease / 2;
  std::vector<store::expired_retry> buried;
  auto leased =
      tools_.store.lease_due(most, tools_.options.lease, tools_.options.max_deliveries, &buried);
  for (const auto& retry : buried) tools_.book.buried(retry);
  if (!leased) {
    carrier_.survive(leased.error(), "leasing retries");
    return;
  }
  if (leased->empty()) {
    hold_.over();
    return;
  }
  if (leased->size() == static_cast<std::size_t>(most)) poll_.open();
  tools_.log.debug("leased retries", {{"entries", leased->size()}});
  lease_work task(tools_, std::move(*leased), good_until);
  carrier_.carry(task);
}

void retries::run_suspects() {
  const auto end = std::chrono::steady_clock::now() + longest_turn;
  while (!stop_.requested() && std::chrono::steady_clock::now() < end) {
    // Another thread has one in hand: this is its job, then.
    const std::unique_lock alone(tools_.one_suspect, std::try_to_lock);
    if (!alone) return;
    const auto good_until = std::chrono::steady_clock::now() + tools_.options.lease / 2;
    auto leased = tools_.store.lease_suspect(tools_.options.lease, tools_.options.max_deliveries);
    if (!leased) {
      carrier_.survive(leased.error(), "leasing a suspect");
      return;
    }
    if (leased->empty()) return;
    tools_.log.debug(
        "leased a suspect",
        {{"claims", leased->front().claims}, {"entry_id", leased->front().what.entry_id}}
    );
    lease_work task(tools_, std::move(*leased), good_until);
    if (!carrier_.carry(task)) return;
  }
  poll_.open();
}

}  // namespace trunkline::worker
