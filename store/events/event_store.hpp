// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "common/log/log.hpp"
#include "common/stream/contract.hpp"
#include "parse/facts.hpp"

// The ledger: everything the worker asks of Postgres. One connection, one thread. libpqxx stays
// behind this header.
namespace trunkline::store {

// SHA-256 over the provider's delivery id (Standard scheme only, else empty), a zero byte, and the
// body.
using event_key = std::array<unsigned char, 32>;
event_key make_event_key(std::string_view provider_delivery_id, std::string_view body);

// One delivery, parsed and ready to be applied.
struct prepared_event {
  std::string entry_id;
  stream::delivery delivery;
  event_key key{};
  parse::event event;
};
prepared_event prepare(std::string entry_id, stream::delivery delivery);

// Where a new event row stands, or why there is none: its key was there already, and this entry is
// known (redelivered) or a further one (duplicate, counted in event_copies). retrying: of fail()
// only.
enum class outcome { processed, ignored, retrying, dead, duplicate, redelivered };

// A stored event picked up for another try, under a lease.
struct leased_event {
  std::int64_t id = 0;  // webhook_events.id
  int claims = 0;       // the value that must still be there when it is settled
  int attempts = 0;     // counted failures so far
  prepared_event what;  // parsed anew from the stored bytes
};

// A retry that is dead because its leases ran out too often.
struct expired_retry {
  std::string entry_id, delivery_id, reason;
};

enum class store_error_kind {
  sql,       // the server said no; sqlstate says why
  lost,      // the connection broke before COMMIT was sent: nothing happened
  in_doubt,  // it broke during COMMIT: not known
  away,      // no connection could be made
  schema,    // migrations missing, or newer than this program knows
};

// What went wrong, as far as the connection can tell; who is to blame is decided in
// worker/batch/failure_cause.hpp.
struct store_error {
  store_error_kind kind = store_error_kind::sql;
  std::string sqlstate;  // five characters, or "" where the library hides it
  std::string message;   // for people and the event row; without row data
};
template <class T>
using result = boost::system::result<T, store_error>;
[[noreturn]] void throw_exception_from_error(const store_error&, const boost::source_location&);

// What an operator asks of this worker (the table controls).
struct control_state {
  struct pause {
    std::string reason, by;
    std::string since, until;  // ISO 8601; until is "" where nobody said
  };
  std::optional<pause> paused;  // nothing is to be applied
  bool drain = false;           // leave as on SIGTERM
};

// The gateways' figures as Redis has them, by minute since 1970.
struct minute_counter {
  std::int64_t minute = 0;
  std::string name;
  std::int64_t count = 0;
};
struct rollup_lease {
  std::optional<std::int64_t> last;  // minute of the last fold, by whichever worker
  std::int64_t now = 0;
};

struct store_options {
  std::string conninfo;  // as given by the user; "" leaves all to libpq
  std::string application_name = "trunkline-worker";
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds statement_timeout{10000};
  std::chrono::milliseconds idle_timeout{15000};
  std::vector<std::string> own_numbers;  // settings, E.164
  // Batches from this size on bring their event rows by COPY: two round trips more, and each row
  // for less.
  std::size_t copy_from = 32;
  // For tests alone: another text for a named statement of schema/queries/; "" keeps it.
  std::function<std::string(std::string_view name)> statement_override;
};

struct apply_stats {
  bool restructured = false;     // ran under the exclusive structure lock
  std::set<std::string> copies;  // entries of events that another entry made the rows of
};

class event_store {
 public:
  virtual ~event_store() = default;

  // All of batch in one transaction: event rows, effects, commit. Outcomes in the order of batch.
  // Events whose verdict is dead or ignore get their row and no effects. Two entries of one key in
  // a batch: the first counts.
  virtual result<std::vector<outcome>> apply(
      std::span<const prepared_event> batch, apply_stats* = nullptr
  ) = 0;

  // The same for leased rows: effects and "state = ..., where id and state = 'retrying' and claims
  // match" in one transaction. An element is false where the lease was lost to someone else
  // (nothing of that event was changed).
  virtual result<std::vector<bool>> apply_leased(std::span<const leased_event> batch) = 0;

  // A counted failure of an event from the stream: its row becomes retrying (attempts 1), due after
  // delay, or dead if most_attempts is 1. No effects. Returns duplicate/redelivered if the row is
  // there already.
  virtual result<outcome> fail(
      const prepared_event&, const store_error& why, std::chrono::milliseconds delay,
      int most_attempts
  ) = 0;
  // The same for a leased row: attempts + 1, claims 0, lease cleared; dead at most_attempts. False:
  // lease lost.
  virtual result<bool> fail_leased(
      const leased_event&, const store_error& why, std::chrono::milliseconds delay,
      int most_attempts
  ) = 0;
  // An entry that can't even be decoded, or that took its worker down: dead with this reason.
  virtual result<outcome> insert_dead_letter(const prepared_event&, const std::string& reason) = 0;

  // Leases up to most due retries for lease, suspects left out; those at max_claims already become
  // dead ("crashed the worker") and are added to buried. The claims are committed before anything
  // is parsed: what takes the worker down while it is parsed has been counted by then.
  virtual result<std::vector<leased_event>> lease_due(
      int most, std::chrono::milliseconds lease, int max_claims,
      std::vector<expired_retry>* buried = nullptr
  ) = 0;
  // A suspect, if there is one: a retry whose last lease ran out without an outcome, below
  // max_claims. Leased alone, so that a crash counts for nobody else.
  virtual result<std::vector<leased_event>> lease_suspect(
      std::chrono::milliseconds lease, int max_claims
  ) = 0;
  // Hold or shutdown: lease cleared, claims - 1.
  virtual result<bool> release(std::span<const leased_event> batch) = 0;

  // One small write on a fresh connection within 2 s: is the house up? Never uses the session of
  // apply().
  virtual result<bool> probe() = 0;
  // Puts the configured own numbers in place (same effects as learning them from events).
  virtual result<bool> adopt_own_numbers() = 0;

  // What is asked of the worker with this id now.
  virtual result<control_state> controls(const std::string& worker_id) = 0;
  // Whether it is this worker's turn to fold the gateways' figures: one of all, once in a period.
  virtual result<std::optional<rollup_lease>> claim_rollup(std::chrono::milliseconds period) = 0;
  // All that Redis has of the minutes from on, up to the turn's.
  virtual result<bool> roll_up(
      std::span<const minute_counter>, std::int64_t from, const rollup_lease& turn
  ) = 0;

  // Called by the watchdog from another thread: shuts down the socket of a call that hangs. Safe at
  // any time.
  virtual void interrupt() = 0;
  // When the call that runs now sent its last statement, or began (steady clock), or nullopt: what
  // the watchdog looks at. Thread-safe.
  virtual std::optional<std::chrono::steady_clock::time_point> busy_since() const = 0;
};

std::unique_ptr<event_store> open_event_store(store_options, logger);  // connects on first use

}  // namespace trunkline::store
