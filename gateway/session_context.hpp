// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "common/log/log.hpp"
#include "gateway/counters.hpp"
#include "gateway/delivery_queue.hpp"
#include "gateway/key_reload.hpp"
#include "gateway/session_settings.hpp"

namespace trunkline::gateway {

// One client connection. The periodic tick of its thread checks its deadline, so that no connection
// needs a timer.
class session {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  virtual ~session() = default;
  virtual void check_deadline(time_point now) = 0;
  // Closes a connection that is between two requests and has had at least one.
  virtual void close_if_idle() = 0;
  virtual void abort() = 0;
  // Returns the time since which the connection waits for the first byte of a request, or nullopt
  // if it is busy.
  virtual std::optional<time_point> idle_since() const = 0;
};

// Read buffers of the connections of one thread, all of one size and not zeroed. The buffer
// released last is acquired first, because it is in the cache of the processor.
class read_buffers {
 public:
  using buffer = std::unique_ptr<char[]>;
  buffer acquire(std::size_t size) {
    if (spare_.empty()) return std::make_unique_for_overwrite<char[]>(size);
    buffer taken = std::move(spare_.back());
    spare_.pop_back();
    return taken;
  }
  void release(buffer&& used) {
    if (spare_.size() < max_spare)
      spare_.push_back(std::move(used));
    else
      used.reset();
  }

 private:
  static constexpr std::size_t max_spare = 16;
  std::vector<buffer> spare_;
};

// The state that the sessions of one thread share. Used on that thread only, except for counts and
// open_connections.
struct session_context {
  session_context(const session_settings& s, delivery_queue& q, std::atomic<int>& open, logger l)
      : settings(s), queue(q), open_connections(open), log(std::move(l)) {}

  const session_settings& settings;
  delivery_queue& queue;
  // Open connections of the process. The listener increments it and the session decrements it.
  std::atomic<int>& open_connections;
  logger log;
  counters counts;
  shared_keys keys;
  // Value of Date fields, updated by the tick.
  std::string date;
  // Every response ends its connection.
  bool draining = false;
  std::minstd_rand random{std::random_device{}()};
  std::unordered_set<session*> sessions;
  read_buffers buffers;
};

}  // namespace trunkline::gateway
