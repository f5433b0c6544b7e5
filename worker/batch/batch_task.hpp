// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "store/events/event_store.hpp"
#include "worker/batch/batch_bisection.hpp"

namespace trunkline::worker {

// A batch that needs outcomes: deliveries of the stream, leased retries, or dead letters. The
// batch_executor decides what to do with it; an implementation does it.
class batch_task {
 public:
  virtual ~batch_task() = default;

  virtual std::size_t size() const = 0;
  virtual bool one_by_one() const { return false; }
  // Returns whether another worker may claim the batch soon. The rest is then released.
  virtual bool overdue() const { return false; }

  // Applies the slice in one transaction. After the commit, records the outcomes and settles the
  // entries. Returns nullopt on success.
  virtual std::optional<store::store_error> apply(const batch_bisection::slice&) = 0;
  // Records and settles a counted attempt of the event at index, which failed alone. Returns
  // nullopt on success.
  virtual std::optional<store::store_error> record_failure(
      std::size_t index, const store::store_error& why
  ) = 0;
  // Does not change the event at index, because not even its failure could be recorded. It is
  // claimed again later.
  virtual void abandon(std::size_t index, const store::store_error& why) = 0;
  // Releases the slices without counting an attempt. Returns false if that is not possible now.
  virtual bool release(const std::vector<batch_bisection::slice>&) = 0;
  // Returns whether the batch stays claimed while a dependency is unavailable. Otherwise it is
  // released as soon as that is possible.
  virtual bool kept_while_blocked() const = 0;
};

}  // namespace trunkline::worker
