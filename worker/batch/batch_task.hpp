// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "store/events/event_store.hpp"
#include "worker/batch/batch_bisection.hpp"

namespace trunkline::worker {

// A batch on its way to its outcomes: deliveries of the stream, leased retries, or entries to bury.
// What to do with it is decided by the batch_executor; how it is done, here.
class batch_task {
 public:
  virtual ~batch_task() = default;

  virtual std::size_t size() const = 0;
  virtual bool one_by_one() const { return false; }
  // It may soon be somebody else's: what is left goes back, uncounted, rather than be lost.
  virtual bool overdue() const { return false; }

  // The slice in one transaction; after its commit its outcomes are booked and settled. nullopt:
  // done.
  virtual std::optional<store::store_error> apply(const batch_bisection::slice&) = 0;
  // The event at index failed alone: a counted attempt, committed and settled. nullopt: done.
  virtual std::optional<store::store_error> record_failure(
      std::size_t index, const store::store_error& why
  ) = 0;
  // Not even the failure could be recorded: left as it is, to come back later by itself.
  virtual void abandon(std::size_t index, const store::store_error& why) = 0;
  // Back to where it came from, uncounted. False: could not be done now.
  virtual bool release(const std::vector<batch_bisection::slice>&) = 0;
  // Whether it stays in hand while the house is down; if not, it is given back as soon as that
  // works.
  virtual bool kept_while_blocked() const = 0;
};

}  // namespace trunkline::worker
