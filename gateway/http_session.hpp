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
#include "gateway/delivery_queue.hpp"
#include "gateway/counters.hpp"
#include "gateway/key_reload.hpp"
#include "gateway/request_reader.hpp"

namespace boost::asio {
class io_context;
}

namespace trunkline::gateway {

// The bounds of one connection. Its memory is at most max_header + 4 KiB + max_body and a few kB
// more.
struct session_settings {
  reader_limits reader;
  std::chrono::milliseconds header_timeout{
      5000};  // from the first byte (or the accept) to the blank line
  std::chrono::milliseconds body_timeout{10000};   // from there to the last byte of the body
  std::chrono::milliseconds idle_timeout{60000};   // between two requests
  std::chrono::milliseconds write_timeout{10000};  // until the answer is taken
  int max_requests = 1000;
  int max_connections = 1000;  // of the process: at this many, answers end their connections
  signature::windows windows;
};

// One client connection. Deadlines are looked at by the thread's tick, not by a timer each.
class session {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  virtual ~session() = default;
  virtual void check_deadline(time_point now) = 0;
  virtual void close_if_idle() = 0;  // drain: between two requests of a connection that had one
  virtual void abort() = 0;
  // Since when it has waited for a request of which not one byte is there; nothing: it is busy.
  virtual std::optional<time_point> idle_since() const = 0;
};

// Read buffers of one thread's connections, all of one size and not zeroed. The one given back last
// is taken first: it is in the processor's cache.
class read_buffers {
 public:
  using buffer = std::unique_ptr<char[]>;
  buffer take(std::size_t size) {
    if (spare_.empty()) return std::make_unique_for_overwrite<char[]>(size);
    buffer taken = std::move(spare_.back());
    spare_.pop_back();
    return taken;
  }
  void give_back(buffer&& used) {
    if (spare_.size() < most_spare)
      spare_.push_back(std::move(used));
    else
      used.reset();
  }

 private:
  static constexpr std::size_t most_spare = 16;
  std::vector<buffer> spare_;
};

// What the sessions of one thread share. Used on that thread only, but for counts and
// open_connections.
struct session_host {
  session_host(const session_settings& s, delivery_queue& q, std::atomic<int>& open, logger l)
      : settings(s), queue(q), open_connections(open), log(std::move(l)) {}

  const session_settings& settings;
  delivery_queue& queue;
  std::atomic<int>&
      open_connections;  // of the process, counted by the listener; a session takes itself off
  logger log;
  figures counts;
  shared_keys keys;
  std::string date;       // for Date fields, kept fresh by the tick
  bool draining = false;  // answers end their connections
  std::minstd_rand random{std::random_device{}()};
  std::unordered_set<session*> sessions;
  read_buffers buffers;
};

// Takes over an accepted, non-blocking stream socket. The session keeps itself alive until its
// connection ends.
void start_session(boost::asio::io_context&, session_host&, int socket);

}  // namespace trunkline::gateway
