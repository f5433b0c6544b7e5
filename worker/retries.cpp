// SPDX-License-Identifier: Apache-2.0
#include "worker/retries.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include "worker/backoff.hpp"

namespace trunkline::worker {
namespace {

// A lease has no limit in bytes: with bodies of 1 MiB this many are still bearable.
constexpr int most_leased = 64;

class lease_work final : public work {
 public:
  lease_work(tools& with, std::vector<store::leased_event> batch, bool alone)
      : tools_(with), batch_(std::move(batch)), alone_(alone) {}

  std::size_t size() const override { return batch_.size(); }
  bool one_by_one() const override { return alone_; }
  bool kept_over_hold() const override { return false; }

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
    if (*recorded)
      tools_.book.failed(
          event.what, event.attempts + 1, event.attempts + 1 >= limits.max_attempts, why
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
  const bool alone_;
};

}  // namespace

retries::retries(tools& with, carrier& carrier, hold& postgres, gate& poll)
    : tools_(with), carrier_(carrier), hold_(postgres), poll_(poll) {}

void retries::run() {
  if (!hold_.holding() && !poll_.pass()) return;
  const int most = std::min(tools_.options.batch, most_leased);
  auto leased = tools_.store.lease_due(most, tools_.options.lease, tools_.options.max_deliveries);
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
  carry(std::move(*leased));
}

// What took a worker down before goes alone, and last.
void retries::carry(std::vector<store::leased_event> leased) {
  const auto first_suspect = std::stable_partition(
      leased.begin(), leased.end(), [](const auto& event) { return event.claims < 2; }
  );
  std::vector<store::leased_event> suspects;
  std::move(first_suspect, leased.end(), std::back_inserter(suspects));
  leased.erase(first_suspect, leased.end());
  lease_work together(tools_, std::move(leased), false), alone(tools_, std::move(suspects), true);
  if (carrier_.carry(together))
    carrier_.carry(alone);
  else
    alone.give_back({{0, alone.size(), false}});
}

}  // namespace trunkline::worker
