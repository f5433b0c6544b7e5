// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "store/events/batch_transaction.hpp"
#include "store/events/call_clock.hpp"
#include "store/events/control_state.hpp"
#include "store/events/counter_rollup.hpp"
#include "store/events/event_rows.hpp"
#include "store/events/event_store.hpp"
#include "store/events/pause_error.hpp"
#include "store/events/retry_leases.hpp"
#include "store/merge/effects.hpp"
#include "store/merge/structure_lock.hpp"
#include "store/pg/schema_check.hpp"
#include "store/pg/session.hpp"
#include "store/pg/time_limit.hpp"

namespace trunkline::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds connect_limit{3000};
constexpr milliseconds schema_check_interval{1000};
constexpr milliseconds probe_limit{2000};

// Returns a message that is never empty, because a dead row must have a reason.
std::string message_of(const store_error& why) {
  if (!why.message.empty()) return why.message;
  return why.sqlstate.empty() ? "failed without a reason" : "SQLSTATE " + why.sqlstate;
}

// Thrown inside a transaction that began while applying is paused.
struct paused_by_operator {};

class pg_event_store final : public event_store {
 public:
  pg_event_store(store_options options, logger log)
      : options_(std::move(options)), log_(std::move(log)) {}

  result<std::vector<outcome>> apply(std::span<const prepared_event> batch, apply_stats* stats)
      override {
    return restructuring(stats, [&](structure_lock mode) {
      try {
        return apply_once(batch, mode, stats, options_.copy_from);
      } catch (const key_exists&) {
        db_.roll_back();
      }
      log_.debug("another worker inserts the same event: the batch is applied again without COPY");
      return apply_once(batch, mode, stats, std::numeric_limits<std::size_t>::max());
    });
  }

  result<std::vector<bool>> apply_leased(std::span<const leased_event> batch) override {
    return restructuring(nullptr, [&](structure_lock mode) {
      return apply_leased_once(batch, mode);
    });
  }

  result<outcome> fail(
      const prepared_event& event, const store_error& why, milliseconds delay, int max_attempts
  ) override {
    const bool last = max_attempts <= 1;
    const event_disposition failed{
        last ? "dead" : "retrying", message_of(why), why.sqlstate, 1, delay};
    return guarded([&] { return insert_one(event, failed); });
  }

  result<bool> fail_leased(
      const leased_event& leased, const store_error& why, milliseconds delay, int max_attempts
  ) override {
    return guarded([&] {
      lock(structure_lock::shared);
      const bool held = store::fail_leased(
          db_, leased, {why.kind, why.sqlstate, message_of(why)}, delay, max_attempts
      );
      db_.commit();
      return held;
    });
  }

  result<outcome> insert_dead_letter(const prepared_event& event, const std::string& reason)
      override {
    const event_disposition dead{"dead", reason.empty() ? "no reason given" : reason, {}, 0, {}};
    return guarded([&] { return insert_one(event, dead); });
  }

  result<std::vector<leased_event>> lease_due(
      int limit, milliseconds lease, int max_claims, std::vector<expired_retry>* expired
  ) override {
    return guarded([&] {
      lock(structure_lock::shared);
      auto crashed = dead_letter_crashed(db_, max_claims);
      const auto due = store::lease_due(db_, limit, lease);
      db_.commit();
      if (expired != nullptr) *expired = std::move(crashed);
      return read_leased(due);
    });
  }

  result<std::vector<leased_event>> lease_suspect(milliseconds lease, int max_claims) override {
    return guarded([&] {
      lock(structure_lock::shared);
      const auto suspect = store::lease_suspect(db_, lease, max_claims);
      db_.commit();
      return read_leased(suspect);
    });
  }

  result<bool> release(std::span<const leased_event> batch) override {
    if (batch.empty()) return true;
    return guarded([&] {
      db_.begin();
      release_leases(db_, batch);
      db_.commit();
      return true;
    });
  }

  result<bool> probe() override {
    const call_clock::running running(clock_);
    const auto start = steady_clock::now();
    session fresh;
    try {
      fresh.open(conninfo_of(options_, probe_limit, probe_limit), options_.statement_override);
      const auto spent = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
      const time_limit limit(probe_limit - spent, [&fresh] { fresh.interrupt(); });
      fresh.begin();
      fresh.run("probe");
      fresh.commit();
    } catch (...) {
      return fresh.explain();
    }
    return true;
  }

  result<bool> adopt_own_numbers() override {
    if (options_.own_numbers.empty()) return true;
    return restructuring(nullptr, [&](structure_lock mode) {
      lock(mode);
      if (!own_numbers_are_known(db_, options_.own_numbers)) {
        if (mode == structure_lock::shared) throw needs_exclusive();
        store::adopt_own_numbers(db_, options_.own_numbers);
      }
      db_.commit();
      return true;
    });
  }

  result<control_state> controls(const std::string& worker_id) override {
    return guarded([&] {
      db_.begin();
      auto state = read_controls(db_, worker_id);
      db_.commit();
      return state;
    });
  }

  result<std::optional<rollup_lease>> claim_rollup(milliseconds period) override {
    return guarded([&] {
      db_.begin();
      auto lease = store::claim_rollup(db_, period);
      db_.commit();
      return lease;
    });
  }

  result<bool> roll_up(
      std::span<const minute_counter> counters, std::int64_t from, const rollup_lease& lease
  ) override {
    return guarded([&] {
      db_.begin();
      roll_up_counters(db_, counters, from, lease);
      db_.commit();
      return true;
    });
  }

  void interrupt() override { db_.interrupt(); }

  std::optional<steady_clock::time_point> busy_since() const override {
    return clock_.busy_since(db_.last_sent());
  }

 private:
  // Runs a call with an open connection to a database of the right schema, and returns errors as
  // values.
  template <class Body>
  auto guarded(Body body) -> result<decltype(body())> {
    const call_clock::running running(clock_);
    try {
      if (!db_.is_open()) open();
      if (steady_clock::now() - schema_checked_ >= schema_check_interval) check_schema();
      return body();
    } catch (const store_error& error) {  // from check_schema_version()
      db_.close();
      return error;
    } catch (const paused_by_operator&) {
      db_.roll_back();
      return pause_error();
    } catch (...) {
      return db_.explain();
    }
  }

  // Runs a call that changes business rows: with the shared structure lock, and again with the
  // exclusive one if it needs that.
  template <class Body>
  auto restructuring(apply_stats* stats, Body body)
      -> result<decltype(body(structure_lock::shared))> {
    return guarded([&] {
      try {
        return body(structure_lock::shared);
      } catch (const needs_exclusive&) {
        db_.roll_back();
      }
      log_.debug("the structure changes: the batch is applied again under the exclusive lock");
      if (stats != nullptr) stats->restructured = true;
      return body(structure_lock::exclusive);
    });
  }

  void open() {
    db_.open(
        conninfo_of(options_, connect_limit, options_.statement_timeout),
        options_.statement_override
    );
    check_schema();
  }

  // Repeated while connected, because a migration may make this program too old.
  void check_schema() {
    check_schema_version(db_);
    schema_checked_ = steady_clock::now();
  }

  void lock(structure_lock mode) {
    db_.begin();
    const bool exclusive = mode == structure_lock::exclusive;
    db_.run(exclusive ? "structure_lock_exclusive" : "structure_lock_shared");
    if (!db_.run("paused").empty()) throw paused_by_operator();
  }

  std::vector<outcome> apply_once(
      std::span<const prepared_event> batch, structure_lock mode, apply_stats* stats,
      std::size_t copy_from
  ) {
    lock(mode);
    auto outcomes = insert_with_effects(db_, batch, mode, stats, copy_from);
    db_.commit();
    return outcomes;
  }

  std::vector<bool> apply_leased_once(std::span<const leased_event> batch, structure_lock mode) {
    lock(mode);
    auto settled = settle_with_effects(db_, batch, mode);
    db_.commit();
    return settled;
  }

  // Holds the lock although no business row changes, so that a row that it finds is not deleted
  // before it commits.
  outcome insert_one(const prepared_event& event, const event_disposition& disposition) {
    lock(structure_lock::shared);
    const auto inserted = insert_without_effects(db_, event, disposition);
    db_.commit();
    return inserted;
  }

  store_options options_;
  logger log_;
  session db_;
  steady_clock::time_point schema_checked_{};
  call_clock clock_;
};

}  // namespace

std::unique_ptr<event_store> open_event_store(store_options options, logger log) {
  return std::make_unique<pg_event_store>(std::move(options), std::move(log));
}

}  // namespace trunkline::store
