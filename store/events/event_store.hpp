// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "common/log/log.hpp"
#include "common/stream/contract.hpp"
#include "parse/facts.hpp"
#include "store/pg/store_error.hpp"
#include "store/pg/store_options.hpp"

// The interface of the worker to PostgreSQL: one connection, used by one thread. libpqxx is not
// visible here.
namespace trunkline::store {

// SHA-256 over the provider's delivery id (if the Standard scheme verified it, else ""), a zero
// byte and the body.
using event_key = std::array<unsigned char, 32>;
event_key make_event_key(std::string_view provider_delivery_id, std::string_view body);

// A delivery with its key and its parsed event.
struct prepared_event {
  std::string entry_id;
  stream::delivery delivery;
  event_key key{};
  parse::event event;
};
prepared_event prepare(std::string entry_id, stream::delivery delivery);

// The state of a new event row, or why there is none: its key exists already, and this entry is
// known (redelivered) or another one (duplicate, counted in event_copies). Only fail() returns
// retrying.
enum class outcome { processed, ignored, retrying, dead, duplicate, redelivered };

// An event that is leased for a retry.
struct leased_event {
  // webhook_events.id.
  std::int64_t id = 0;
  // Must be unchanged when the event is settled.
  int claims = 0;
  // Counted failures so far.
  int attempts = 0;
  // Parsed from the stored bytes.
  prepared_event what;
};

// A retry that became dead because its leases expired too often.
struct expired_retry {
  std::string entry_id, delivery_id, reason;
};

// What an operator has set for a worker in the table controls.
struct control_state {
  struct pause {
    std::string reason, by;
    // ISO 8601. until is "" without a limit.
    std::string since, until;
  };
  // Set while applying is paused.
  std::optional<pause> paused;
  // The worker is to drain as on SIGTERM.
  bool drain = false;
};

// A counter of the gateways in Redis, by minute since 1970.
struct minute_counter {
  std::int64_t minute = 0;
  std::string name;
  std::int64_t count = 0;
};

struct rollup_lease {
  // The minute of the last roll-up by any worker.
  std::optional<std::int64_t> last;
  std::int64_t now = 0;
};

struct apply_stats {
  // The batch ran under the exclusive structure lock.
  bool restructured = false;
  // Entries whose event has its row from another entry.
  std::set<std::string> copies;
};

class event_store {
 public:
  virtual ~event_store() = default;

  // Writes event rows and effects of a batch in one transaction, and returns the outcomes in the
  // order of the batch. Events whose verdict is dead or ignore get a row without effects. If two
  // entries have the same key, the first counts.
  virtual result<std::vector<outcome>> apply(
      std::span<const prepared_event> batch, apply_stats* = nullptr
  ) = 0;

  // Applies leased events and settles their rows in one transaction. An element is false if its
  // lease was lost; then nothing of that event was changed.
  virtual result<std::vector<bool>> apply_leased(std::span<const leased_event> batch) = 0;

  // Records a counted failure of an event from the stream: its row becomes retrying and is due
  // after delay, or dead if max_attempts is 1. Has no effects. Returns duplicate or redelivered if
  // the row exists already.
  virtual result<outcome> fail(
      const prepared_event&, const store_error& why, std::chrono::milliseconds delay,
      int max_attempts
  ) = 0;

  // Records a counted failure of a leased event and ends the lease: its row becomes retrying or, at
  // max_attempts, dead. Returns false if the lease was lost.
  virtual result<bool> fail_leased(
      const leased_event&, const store_error& why, std::chrono::milliseconds delay, int max_attempts
  ) = 0;

  // Inserts an entry that cannot be decoded or that crashed its worker as dead.
  virtual result<outcome> insert_dead_letter(const prepared_event&, const std::string& reason) = 0;

  // Leases at most limit due retries, without suspects. Retries that have max_claims claims become
  // dead
  // ("crashed the worker") and are added to expired. The claims are committed before anything is
  // parsed, so that an event that crashes the parser is counted.
  virtual result<std::vector<leased_event>> lease_due(
      int limit, std::chrono::milliseconds lease, int max_claims,
      std::vector<expired_retry>* expired = nullptr
  ) = 0;

  // Leases one suspect, if there is any: a retry whose last lease expired without an outcome, with
  // less than max_claims claims. It is leased alone, so that a crash counts for no other event.
  virtual result<std::vector<leased_event>> lease_suspect(
      std::chrono::milliseconds lease, int max_claims
  ) = 0;

  // Ends leases without an outcome and without counting the claim.
  virtual result<bool> release(std::span<const leased_event> batch) = 0;

  // Writes one row on a new connection within 2 s, to test whether the server accepts writes. Does
  // not use the connection of apply().
  virtual result<bool> probe() = 0;

  // Inserts the configured own numbers, with the same effects as numbers learned from events.
  virtual result<bool> adopt_own_numbers() = 0;

  // Returns what an operator has set for this worker.
  virtual result<control_state> controls(const std::string& worker_id) = 0;

  // Returns a lease if this worker is to roll up the gateways' counters. One worker gets it per
  // period.
  virtual result<std::optional<rollup_lease>> claim_rollup(std::chrono::milliseconds period) = 0;

  // Stores all counters that Redis has of the minutes from to lease.now.
  virtual result<bool> roll_up(
      std::span<const minute_counter>, std::int64_t from, const rollup_lease& lease
  ) = 0;

  // Shuts down the socket of a call that hangs. May be called by any thread at any time.
  virtual void interrupt() = 0;

  // Returns when the running call sent its last statement, by the steady clock, or nullopt if no
  // call is running. May be called by any thread.
  virtual std::optional<std::chrono::steady_clock::time_point> busy_since() const = 0;
};

// Returns a store that connects on first use.
std::unique_ptr<event_store> open_event_store(store_options, logger);

}  // namespace trunkline::store
