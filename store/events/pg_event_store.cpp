// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <limits>

#include "store/events/batch_transaction.hpp"
#include "store/merge/effects.hpp"
#include "store/events/event_rows.hpp"
#include "store/events/event_store.hpp"
#include "store/events/retry_leases.hpp"
#include "store/pg/schema_check.hpp"
#include "store/events/pause_error.hpp"
#include "store/pg/session.hpp"
#include "store/events/control_state.hpp"
#include "store/merge/structure_lock.hpp"
#include "store/pg/time_limit.hpp"

namespace trunkline::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds connect_limit{3000};
constexpr milliseconds schema_check_every{1000};
constexpr milliseconds probe_limit{2000};

// Never empty: a dead row has to say why.
std::string message_of(const store_error& why) {
  if (!why.message.empty()) return why.message;
  return why.sqlstate.empty() ? "failed without a reason" : "SQLSTATE " + why.sqlstate;
}

// Thrown inside a transaction that began in a pause.
struct paused_by_operator {};

class pg_event_store final : public event_store {
 public:
  pg_event_store(store_options options, logger log)
      : options_(std::move(options)), log_(std::move(log)) {}

  result<std::vector<outcome>> apply(std::span<const prepared_event> batch, apply_stats* stats)
      override {
    return restructuring(stats, [&](structure held) {
      try {
        return apply_once(batch, held, stats, options_.copy_from);
      } catch (const key_taken&) {
        db_.roll_back();
      }
      log_.debug("another worker has the same event: the batch runs again, waiting for it");
      return apply_once(batch, held, stats, std::numeric_limits<std::size_t>::max());
    });
  }

  result<std::vector<bool>> apply_leased(std::span<const leased_event> batch) override {
    return restructuring(nullptr, [&](structure held) { return apply_leased_once(batch, held); });
  }

  result<outcome> fail(
      const prepared_event& event, const store_error& why, milliseconds delay, int most_attempts
  ) override {
    const bool last = most_attempts <= 1;
    const fate failed{last ? "dead" : "retrying", message_of(why), why.sqlstate, 1, delay};
    return guarded([&] { return insert_one(event, failed); });
  }

  result<bool> fail_leased(
      const leased_event& leased, const store_error& why, milliseconds delay, int most_attempts
  ) override {
    return guarded([&] {
      lock(structure::shared);
      const bool held = store::fail_leased(
          db_, leased, {why.kind, why.sqlstate, message_of(why)}, delay, most_attempts
      );
      db_.commit();
      return held;
    });
  }

  result<outcome> insert_dead_letter(const prepared_event& event, const std::string& reason) override {
    const fate dead{"dead", reason.empty() ? "no reason given" : reason, {}, 0, {}};
    return guarded([&] { return insert_one(event, dead); });
  }

  result<std::vector<leased_event>> lease_due(
      int most, milliseconds lease, int max_claims, std::vector<expired_retry>* buried
  ) override {
    return guarded([&] {
      lock(structure::shared);
      auto crashed = dead_letter_crashed(db_, max_claims);
      const auto due = store::lease_due(db_, most, lease);
      db_.commit();
      if (buried != nullptr) *buried = std::move(crashed);
      return read_leased(due);
    });
  }

  result<std::vector<leased_event>> lease_suspect(milliseconds lease, int max_claims) override {
    return guarded([&] {
      lock(structure::shared);
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
    const busy_mark busy(busy_since_);
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
    return restructuring(nullptr, [&](structure held) {
      lock(held);
      if (!own_numbers_are_known(db_, options_.own_numbers)) {
        if (held == structure::shared) throw needs_exclusive();
        store::adopt_own_numbers(db_, options_.own_numbers);
      }
      db_.commit();
      return true;
    });
  }

  result<control_state> controls(const std::string& worker_id) override {
    return guarded([&] {
      db_.begin();
      auto told = read_controls(db_, worker_id);
      db_.commit();
      return told;
    });
  }

  result<std::optional<rollup_lease>> claim_rollup(milliseconds period) override {
    return guarded([&] {
      db_.begin();
      auto turn = store::claim_rollup(db_, period);
      db_.commit();
      return turn;
    });
  }

  result<bool> roll_up(
      std::span<const minute_counter> figures, std::int64_t from, const rollup_lease& turn
  ) override {
    return guarded([&] {
      db_.begin();
      roll_up_counters(db_, figures, from, turn);
      db_.commit();
      return true;
    });
  }

  void interrupt() override { db_.interrupt(); }

  std::optional<steady_clock::time_point> busy_since() const override {
    const auto since = busy_since_.load();
    if (since == not_busy) return std::nullopt;
    return std::max(steady_clock::time_point(steady_clock::duration(since)), db_.last_sent());
  }

 private:
  static constexpr steady_clock::rep not_busy = 0;

  // What the watchdog looks at, for as long as a call runs.
  struct busy_mark {
    explicit busy_mark(std::atomic<steady_clock::rep>& since) : since_(since) {
      since_ = steady_clock::now().time_since_epoch().count();
    }
    ~busy_mark() { since_ = not_busy; }
    std::atomic<steady_clock::rep>& since_;
  };

  // Every call: a connection of the right schema first, and errors as values.
  template <class Body>
  auto guarded(Body body) -> result<decltype(body())> {
    const busy_mark busy(busy_since_);
    try {
      if (!db_.is_open()) open();
      if (steady_clock::now() - schema_checked_ >= schema_check_every) check_schema();
      return body();
    } catch (const store_error& refused) {  // from check_schema_version()
      db_.close();
      return refused;
    } catch (const paused_by_operator&) {
      db_.roll_back();
      return pause_error();
    } catch (...) {
      return db_.explain();
    }
  }

  // A call that changes business rows: under the shared structure lock if that will do.
  template <class Body>
  auto restructuring(apply_stats* stats, Body body) -> result<decltype(body(structure::shared))> {
    return guarded([&] {
      try {
        return body(structure::shared);
      } catch (const needs_exclusive&) {
        db_.roll_back();
      }
      log_.debug("structure changes: the batch runs again, alone");
      if (stats != nullptr) stats->restructured = true;
      return body(structure::exclusive);
    });
  }

  void open() {
    db_.open(
        conninfo_of(options_, connect_limit, options_.statement_timeout),
        options_.statement_override
    );
    check_schema();
  }

  // Again and again, since a migration that leaves us behind may come while we are connected.
  void check_schema() {
    check_schema_version(db_);
    schema_checked_ = steady_clock::now();
  }

  void lock(structure held) {
    db_.begin();
    const bool alone = held == structure::exclusive;
    db_.run(alone ? "structure_lock_exclusive" : "structure_lock_shared");
    if (!db_.run("paused").empty()) throw paused_by_operator();
  }

  std::vector<outcome> apply_once(
      std::span<const prepared_event> batch, structure held, apply_stats* stats,
      std::size_t copy_from
  ) {
    lock(held);
    const auto outcomes = insert_with_effects(db_, batch, held, stats, copy_from);
    db_.commit();
    return outcomes;
  }

  std::vector<bool> apply_leased_once(std::span<const leased_event> batch, structure held) {
    lock(held);
    auto settled = settle_with_effects(db_, batch, held);
    db_.commit();
    return settled;
  }

  // Under the lock, though no business row changes: a row that it sees is not deleted meanwhile.
  outcome insert_one(const prepared_event& event, const fate& what) {
    lock(structure::shared);
    const auto told = insert_without_effects(db_, event, what);
    db_.commit();
    return told;
  }

  store_options options_;
  logger log_;
  session db_;
  steady_clock::time_point schema_checked_{};
  std::atomic<steady_clock::rep> busy_since_{not_busy};
};

}  // namespace

std::unique_ptr<event_store> open_event_store(store_options options, logger log) {
  return std::make_unique<pg_event_store>(std::move(options), std::move(log));
}

}  // namespace trunkline::store
