// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mutex>
#include <set>
#include <string>

#include "worker/batch/batch_task.hpp"
#include "worker/batch/decoded_batch.hpp"
#include "worker/batch/outcome_recorder.hpp"
#include "worker/process/options.hpp"
#include "worker/stream/settler.hpp"

namespace trunkline::worker {

// What one thread works with; all of it outlives the work.
struct worker_context {
  store::event_store& store;
  delivery_stream& stream;
  in_flight_entries& in_flight;
  settler& settle;
  outcome_recorder& outcomes;
  totals& counts;
  const worker_options& options;
  random_unit random;
  logger log;
  // Held while a suspect is in hand, an event that may have crashed a worker: one at a time in a
  // process, so that its crash is counted for nobody else.
  std::mutex& one_suspect;
};

// Entries of the stream as work: whatever they end in, they are in the held entries until settled,
// given back or abandoned.
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

// Deliveries to apply.
class delivery_task final : public stream_task {
 public:
  delivery_task(worker_context& context, std::vector<store::prepared_event> batch)
      : stream_task(context), batch_(std::move(batch)) {}
  std::size_t size() const override { return batch_.size(); }
  std::optional<store::store_error> apply(const batch_bisection::slice&) override;
  std::optional<store::store_error> record_failure(std::size_t, const store::store_error&) override;

 private:
  const std::string& entry_id(std::size_t index) const override { return batch_[index].entry_id; }
  store::outcome told(const store::prepared_event&, store::outcome, const store::apply_stats&)
      const;
  std::vector<store::prepared_event> batch_;
  std::set<std::string> in_doubt_;  // entries of a COMMIT whose answer did not come
};

// Entries to bury.
class dead_letter_task final : public stream_task {
 public:
  dead_letter_task(worker_context& context, std::vector<dead_letter> dead_letters)
      : stream_task(context), dead_letters_(std::move(dead_letters)) {}
  std::size_t size() const override { return dead_letters_.size(); }
  bool one_by_one() const override { return true; }
  std::optional<store::store_error> apply(const batch_bisection::slice&) override;
  // There is no lesser thing to record of it.
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
