// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/redis/client.hpp"
#include "common/stream/contract.hpp"
#include "worker/process/stop_signal.hpp"

// The stream of deliveries as one consumer of the group sees it: every Redis command of the worker
// on it, each with a deadline. No decisions here. Not thread-safe.
namespace trunkline::worker {

using ids = std::vector<std::string>;

// A pending entry as XPENDING tells of it.
struct pending_entry {
  std::string id;
  std::int64_t deliveries = 0;
};

class delivery_stream {
 public:
  // Of calls that give something back: the value, or why not ("NOGROUP ...", "connection refused").
  template <class T>
  struct result {
    std::optional<T> value;
    std::string problem;
    explicit operator bool() const { return value.has_value(); }
  };

  // A stop shortens the deadlines: a server that is away must not keep us from leaving.
  delivery_stream(redis::client&, std::string key, std::string consumer, std::chrono::milliseconds timeout, const stop_signal&);
  const std::string& consumer() const { return consumer_; }

  // The group from id 0, and the stream with it; fine if both are there. "" or the problem: above
  // maxmemory Redis refuses this one.
  std::string create_group();

  // Up to count new entries, waiting up to block (0: not at all). Creates a missing group; where
  // Redis has no memory for that, entries come without one, see read_without_group().
  result<std::vector<stream::entry>> read_new(int count, std::chrono::milliseconds block);
  // Takes these over whatever their idle time, counts the delivery. What is gone is left out.
  result<std::vector<stream::entry>> claim(const ids&);
  // The fields of an entry as they are, [name, value, ...]; empty: no such entry.
  result<std::vector<std::string>> fields(const std::string& id);

  // XACK, then XDEL in one write. Not MULTI: above maxmemory Redis refuses every command queued in
  // one, while plain XACK and XDEL work. "" or the problem.
  std::string settle(const ids&);
  // To the consumer "released": claimable at once, uncounted. force: also what is not pending.
  std::string release(const ids&, std::chrono::milliseconds idle, bool force = false);
  // Everything that is pending for us, likewise, but with the deliveries before the last one still
  // counted: its reply never reached us.
  std::string release_unseen(std::chrono::milliseconds idle);
  // Resets the idle time of those that are still ours; counts no delivery.
  std::string refresh(const ids&);

  // Takes over what has been idle that long, without counting a delivery; one page from cursor on.
  struct claimed_page {
    ids entries;
    ids deleted;  // pending, but somebody deleted the entry: Redis has dropped them by saying so
    std::string next_cursor;
  };
  result<claimed_page> claim_idle(
      std::chrono::milliseconds idle, const std::string& cursor, int count
  );
  // Our own pending entries from one id to another ("-", "+"), at most count. None without a group.
  result<std::vector<pending_entry>> own_pending(
      const std::string& from, const std::string& to, std::size_t count
  );

  // First entries of the stream, at most count, not above the last one delivered to the group.
  result<ids> oldest_delivered(int count);
  // Those of these ids that are in no pending list.
  result<ids> not_pending(const ids&);

  struct consumer_state {
    std::string name;
    std::int64_t pending = 0;
    std::chrono::milliseconds idle{0};
  };
  result<std::vector<consumer_state>> consumers();
  // How many pending entries went down with it: above 0 is an alarm. Nullopt: Redis did not say.
  std::optional<std::int64_t> remove_consumer(const std::string& name);

 private:
  // Above maxmemory no group can be made, but entries can be read, applied and deleted, which may
  // be what frees the memory. Nobody has them pending: other readers may bring the same ones,
  // duplicates to the store, and their deliveries are not counted. problem: what to say if there
  // are none.
  result<std::vector<stream::entry>> read_without_group(int count, const std::string& problem);
  redis::client::result call(
      std::vector<std::string> args, std::chrono::milliseconds extra = std::chrono::milliseconds(0)
  );
  std::string release(
      const ids&, std::chrono::milliseconds idle, std::int64_t delivered, bool force
  );

  redis::client& client_;
  const std::string key_, consumer_, group_;
  const std::chrono::milliseconds timeout_;
  const stop_signal& stop_;
  std::string read_up_to_;  // without a group: the last entry read; empty: none yet
};

// Of two stream ids, whether a is below b.
bool id_less(const std::string& a, const std::string& b);

}  // namespace trunkline::worker
