// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "store/events/event_store.hpp"

namespace trunkline::applier {

// One job: a line of the input.
struct job {
  bool barrier = false;
  int connection = 0;
  struct body {
    std::string bytes, provider_id;
  };
  std::vector<body> events;
  std::string problem;  // why the line could not be read
};
job read_job(const std::string& line);

// The counters, printed as a JSON line.
class tally {
 public:
  void applied(std::size_t events, bool restructured);
  void error(std::string message);
  std::string line(bool barrier) const;
  bool failed() const;

 private:
  mutable std::mutex guard_;
  std::size_t applied_ = 0, restructures_ = 0;
  std::vector<std::string> errors_;
};

// Runs one thread per connection number. Each has its own store and applies its jobs in order.
class connections {
 public:
  using open_store = std::function<std::unique_ptr<store::event_store>()>;
  using batch_log = std::function<void(const job&, std::size_t batch)>;
  connections(open_store open, tally& counts, batch_log log)
      : open_(std::move(open)), counts_(counts), log_(std::move(log)) {}
  ~connections();

  void add(job work);
  void wait();  // until every job is done

 private:
  void serve(std::deque<job>& queue);
  void apply(store::event_store& store, const job& work);

  open_store open_;
  tally& counts_;
  batch_log log_;
  std::mutex guard_;
  std::condition_variable changed_;
  std::map<int, std::deque<job>> queues_;
  std::size_t unfinished_ = 0;
  std::size_t entries_ = 0;  // for entry ids
  std::size_t batches_ = 0;
  bool ending_ = false;
  std::vector<std::jthread> threads_;  // last: they use the others
};

}  // namespace trunkline::applier
