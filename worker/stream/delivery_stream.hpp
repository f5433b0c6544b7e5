// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/redis/client.hpp"
#include "common/stream/contract.hpp"
#include "worker/process/stop_signal.hpp"

namespace trunkline::worker {

using ids = std::vector<std::string>;

// A pending entry as XPENDING reports it.
struct pending_entry {
  std::string id;
  std::int64_t deliveries = 0;
};

// The Redis stream of deliveries as one consumer of the group uses it. Contains every Redis command
// of the worker on the stream, each with a deadline, and makes no decisions. Functions that return
// a string return "" or the error. Not thread-safe.
class delivery_stream {
 public:
  // A value, or the error ("NOGROUP ...", "connection refused").
  template <class T>
  struct result {
    std::optional<T> value;
    std::string error;
    explicit operator bool() const { return value.has_value(); }
  };

  // A stop shortens the timeout, so that an unreachable server does not delay the drain.
  delivery_stream(redis::client&, std::string key, std::string consumer, std::chrono::milliseconds timeout, const stop_signal&);
  const std::string& consumer() const { return consumer_; }

  // Creates the group from id 0, and the stream, if they do not exist. Redis rejects this above
  // maxmemory.
  std::string create_group();

  // Reads up to count new entries and waits up to block for the first, or not at all if block is 0.
  // Creates a missing group. If Redis has no memory for a group, reads without one.
  result<std::vector<stream::entry>> read_new(int count, std::chrono::milliseconds block);
  // Claims the entries regardless of their idle time, and counts a delivery. Omits deleted entries.
  result<std::vector<stream::entry>> claim(const ids&);
  // Returns the fields of an entry as [name, value, ...], empty if there is no such entry.
  result<std::vector<std::string>> fields(const std::string& id);

  // Settles entries: XACK and XDEL in one write. MULTI is not used, because above maxmemory Redis
  // rejects every command queued in a transaction, while plain XACK and XDEL succeed.
  std::string settle(const ids&);
  // Releases entries: the consumer "released" gets them, claimable immediately, without a counted
  // delivery. force includes entries that are not pending.
  std::string release(const ids&, std::chrono::milliseconds idle, bool force = false);
  // Releases every pending entry of this consumer. Does not count the last delivery, whose reply
  // was lost; earlier ones stay counted.
  std::string release_unseen(std::chrono::milliseconds idle);
  // Resets the idle time of the entries that still belong to this consumer. Counts no delivery.
  std::string refresh(const ids&);

  struct claimed_page {
    ids entries;
    // Pending entries that were deleted from the stream. XAUTOCLAIM removes them from the pending
    // list when it reports them.
    ids deleted;
    std::string next_cursor;
  };
  // Claims entries that have been idle this long, without counting a delivery: one page, starting
  // at cursor.
  result<claimed_page> claim_idle(
      std::chrono::milliseconds idle, const std::string& cursor, int count
  );
  // Returns up to count pending entries of this consumer in a range of ids ("-", "+"), none if the
  // group is missing.
  result<std::vector<pending_entry>> own_pending(
      const std::string& from, const std::string& to, std::size_t count
  );

  // Returns up to count entries from the head of the stream that the group has delivered.
  result<ids> oldest_delivered(int count);
  // Returns the ids that no pending list contains.
  result<ids> not_pending(const ids&);

  struct consumer_state {
    std::string name;
    std::int64_t pending = 0;
    std::chrono::milliseconds idle{0};
  };
  result<std::vector<consumer_state>> consumers();
  // Returns the number of pending entries that were removed with the consumer, which is an error if
  // above 0, or nullopt if Redis failed.
  std::optional<std::int64_t> remove_consumer(const std::string& name);

 private:
  // Above maxmemory no group can be created, but entries can be read, applied and deleted, which
  // frees memory. The entries are not pending: other readers may read the same ones, which the
  // store treats as duplicates, and deliveries are not counted. Returns error if the stream is
  // empty.
  result<std::vector<stream::entry>> read_without_group(int count, const std::string& error);
  redis::client::result call(
      const std::vector<std::string>& args,
      std::chrono::milliseconds extra = std::chrono::milliseconds(0)
  );
  std::string release(
      const ids&, std::chrono::milliseconds idle, std::int64_t deliveries, bool force
  );

  redis::client& client_;
  const std::string key_, consumer_, group_;
  const std::chrono::milliseconds timeout_;
  const stop_signal& stop_;
  // The last entry read without a group, or "" before the first.
  std::string last_read_;
};

// Returns whether stream id a is less than b.
bool id_less(const std::string& a, const std::string& b);

}  // namespace trunkline::worker
