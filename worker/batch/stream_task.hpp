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
struct tools {
  store::event_store& store;
  deliveries& stream;
  held_entries& held;
  settler& settle;
  outcome_book& book;
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
class entry_work : public work {
 public:
  explicit entry_work(tools& with) : tools_(with) {}
  bool give_back(const std::vector<isolation::slice>&) override;
  void abandon(std::size_t index, const store::store_error&) override;
  bool kept_over_hold() const override { return true; }

 protected:
  virtual const std::string& entry_id(std::size_t index) const = 0;
  tools& tools_;
};

// Deliveries to apply.
class stream_work final : public entry_work {
 public:
  stream_work(tools& with, std::vector<store::prepared_event> batch)
      : entry_work(with), batch_(std::move(batch)) {}
  std::size_t size() const override { return batch_.size(); }
  std::optional<store::store_error> apply(const isolation::slice&) override;
  std::optional<store::store_error> count_failure(std::size_t, const store::store_error&) override;

 private:
  const std::string& entry_id(std::size_t index) const override { return batch_[index].entry_id; }
  store::outcome told(const store::prepared_event&, store::outcome, const store::apply_stats&)
      const;
  std::vector<store::prepared_event> batch_;
  std::set<std::string> in_doubt_;  // entries of a COMMIT whose answer did not come
};

// Entries to bury.
class burial_work final : public entry_work {
 public:
  burial_work(tools& with, std::vector<burial> graves)
      : entry_work(with), graves_(std::move(graves)) {}
  std::size_t size() const override { return graves_.size(); }
  bool one_by_one() const override { return true; }
  std::optional<store::store_error> apply(const isolation::slice&) override;
  // There is no lesser thing to record of it.
  std::optional<store::store_error> count_failure(std::size_t, const store::store_error& why)
      override {
    return why;
  }

 private:
  const std::string& entry_id(std::size_t index) const override {
    return graves_[index].event.entry_id;
  }
  std::vector<burial> graves_;
};

}  // namespace trunkline::worker
