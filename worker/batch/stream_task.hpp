// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <set>
#include <string>
#include <vector>

#include "worker/batch/batch_task.hpp"
#include "worker/process/worker_context.hpp"

namespace trunkline::worker {

// Base of the tasks for stream entries. An entry is in flight until it is settled, released or
// abandoned.
class stream_task : public batch_task {
 public:
  explicit stream_task(worker_context& context) : context_(context) {}
  bool release(const std::vector<batch_bisection::slice>&) override;
  void abandon(std::size_t index, const store::store_error&) override;
  bool kept_while_blocked() const override { return true; }

 protected:
  virtual const std::string& entry_id(std::size_t index) const = 0;
  worker_context& context_;
};

// Applies deliveries.
class delivery_task final : public stream_task {
 public:
  delivery_task(worker_context& context, std::vector<store::prepared_event> batch)
      : stream_task(context), batch_(std::move(batch)) {}
  std::size_t size() const override { return batch_.size(); }
  std::optional<store::store_error> apply(const batch_bisection::slice&) override;
  std::optional<store::store_error> record_failure(std::size_t, const store::store_error&) override;

 private:
  const std::string& entry_id(std::size_t index) const override { return batch_[index].entry_id; }
  store::outcome
  final_outcome(const store::prepared_event&, store::outcome, const store::apply_stats&) const;

  std::vector<store::prepared_event> batch_;
  // Entries of a COMMIT that got no response.
  std::set<std::string> in_doubt_;
};

// An event that becomes a dead letter without being parsed.
struct dead_letter {
  store::prepared_event event;
  std::string reason;
};

// Inserts dead letters.
class dead_letter_task final : public stream_task {
 public:
  dead_letter_task(worker_context& context, std::vector<dead_letter> dead_letters)
      : stream_task(context), dead_letters_(std::move(dead_letters)) {}
  std::size_t size() const override { return dead_letters_.size(); }
  bool one_by_one() const override { return true; }
  std::optional<store::store_error> apply(const batch_bisection::slice&) override;
  // Returns why: a dead letter that cannot be inserted is abandoned.
  std::optional<store::store_error> record_failure(std::size_t, const store::store_error& why)
      override {
    return why;
  }

 private:
  const std::string& entry_id(std::size_t index) const override {
    return dead_letters_[index].event.entry_id;
  }

  std::vector<dead_letter> dead_letters_;
};

}  // namespace trunkline::worker
