// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <unordered_map>

#include "common/base/encoding.hpp"
#include "common/postgres/postgres.hpp"
#include "worker/store/effects.hpp"
#include "worker/store/event_rows.hpp"
#include "worker/store/event_store.hpp"
#include "worker/store/leases.hpp"
#include "worker/store/session.hpp"
#include "worker/store/structure.hpp"
#include "worker/store/time_limit.hpp"

namespace trunkline::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds connect_limit{3000};
constexpr milliseconds schema_check_every{1000};
constexpr milliseconds probe_limit{2000};
constexpr std::string_view undefined_table = "42P01";

// Never empty: a dead row has to say why.
std::string message_of(const store_error& why) {
  if (!why.message.empty()) return why.message;
  return why.sqlstate.empty() ? "failed without a reason" : "SQLSTATE " + why.sqlstate;
}

std::string conninfo_of(
    const store_options& options, milliseconds connect, milliseconds statement
) {
  postgres::session session;
  session.application_name = options.application_name;
  session.connect_timeout = connect;
  session.lock_timeout = std::min(options.lock_timeout, statement);
  session.statement_timeout = statement;
  session.idle_in_transaction_timeout = options.idle_timeout;
  // Every statement looks rows up by key, from the elements of arrays. One plan serves them all,
  // and it has to be that one from the first row on: planned over empty tables and kept for the
  // connection, scans and hash joins would read whole tables for each batch of a first import.
  // What is off is priced so high where nothing else is left that every plan looks worth compiling:
  // no JIT. trunkline.options says that all this arrived (schema_version.sql).
  session.options =
      "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off "
      "-c enable_mergejoin=off -c jit=off -c trunkline.options=arrived";
  return postgres::conninfo(options.conninfo, session);
}

class pg_event_store final : public event_store {
 public:
  pg_event_store(store_options options, logger log)
      : options_(std::move(options)), log_(std::move(log)) {}

  result<std::vector<outcome>> apply(std::span<const prepared_event> batch, apply_stats* stats)
      override {
    return restructuring(stats, [&](structure held) { return apply_once(batch, held, stats); });
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
      db_.begin();
      const bool held = store::fail_leased(
          db_, leased, {why.kind, why.sqlstate, message_of(why)}, delay, most_attempts
      );
      db_.commit();
      return held;
    });
  }

  result<outcome> bury(const prepared_event& event, const std::string& reason) override {
    const fate dead{"dead", reason.empty() ? "no reason given" : reason, {}, 0, {}};
    return guarded([&] { return insert_one(event, dead); });
  }

  result<std::vector<leased_event>> lease_due(
      int most, milliseconds lease, int max_claims, std::vector<buried_retry>* buried
  ) override {
    return guarded([&] {
      db_.begin();
      auto crashed = bury_crashed(db_, max_claims);
      const auto due = store::lease_due(db_, most, lease);
      db_.commit();
      if (buried != nullptr) *buried = std::move(crashed);
      return read_leased(due);
    });
  }

  result<std::vector<leased_event>> lease_suspect(milliseconds lease, int max_claims) override {
    return guarded([&] {
      db_.begin();
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

  void interrupt() override { db_.interrupt(); }

  std::optional<steady_clock::time_point> busy_since() const override {
    const auto since = busy_since_.load();
    if (since == not_busy) return std::nullopt;
    return steady_clock::time_point(steady_clock::duration(since));
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
    } catch (const store_error& refused) {  // from open()
      db_.close();
      return refused;
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
    db_.begin();
    std::int64_t version = 0, compatible_from = 0;
    std::string lacking;
    try {
      const auto row = db_.run("schema_version");
      version = row.number(0, 0);
      compatible_from = row.number(0, 1);
      lacking = row.text(0, 2);
    } catch (...) {
      auto error = db_.explain();
      if (error.sqlstate == undefined_table) error.kind = store_error::sort::schema;
      throw error;
    }
    db_.commit();
    schema_checked_ = steady_clock::now();
    // Newer is fine as long as its migrations say that programs of our age still work.
    const auto known = known_schema_version();
    if (version < known || compatible_from > known) {
      throw store_error{
          store_error::sort::schema, "",
          "the database is at schema version " + std::to_string(version) + ", this program needs " +
              std::to_string(known) +
              (version < known ? ": run trunkline migrate" : ": upgrade it")};
    }
    // Without its limits a session could wait for a lock for ever.
    if (!lacking.empty()) {
      throw store_error{
          store_error::sort::schema, "",
          "the session lacks our settings (" + lacking +
              "): a pooler drops startup options; connect directly or set them for the role"};
    }
  }

  void lock(structure held) {
    db_.begin();
    const bool alone = held == structure::exclusive;
    db_.run(alone ? "structure_lock_exclusive" : "structure_lock_shared");
  }

  std::vector<outcome> apply_once(
      std::span<const prepared_event> batch, structure held, apply_stats* stats
  ) {
    lock(held);
    const auto outcomes = insert_with_effects(batch, held, stats);
    db_.commit();
    return outcomes;
  }

  std::vector<outcome> insert_with_effects(
      std::span<const prepared_event> batch, structure held, apply_stats* stats
  ) {
    const auto firsts = first_of_each_key(batch);
    std::vector<const prepared_event*> events;
    std::vector<fate> fates;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (firsts[i] != i) continue;
      events.push_back(&batch[i]);
      fates.push_back(fate_of(batch[i].event));
    }
    const auto fresh = insert_events(db_, events, fates);
    std::vector<outcome> outcomes(batch.size());
    std::vector<const parse::event*> with_effects;
    std::vector<const prepared_event*> copies;
    std::vector<std::size_t> place_of_copy;
    for (std::size_t i = 0, event = 0; i < batch.size(); ++i) {
      const bool first = firsts[i] == i;
      if (first && fresh[event]) {
        outcomes[i] = outcome_of(fates[event]);
        if (batch[i].event.what == parse::verdict::apply) with_effects.push_back(&batch[i].event);
      } else {
        copies.push_back(&batch[i]);
        place_of_copy.push_back(i);
      }
      if (first) ++event;
    }
    apply_effects(db_, held, with_effects);
    const auto told = insert_copies(db_, copies, stats ? &stats->copies : nullptr);
    for (std::size_t i = 0; i < told.size(); ++i) outcomes[place_of_copy[i]] = told[i];
    return outcomes;
  }

  // For each element the index of the first one with its key.
  static std::vector<std::size_t> first_of_each_key(std::span<const prepared_event> batch) {
    std::unordered_map<std::string_view, std::size_t> seen;
    seen.reserve(batch.size());
    std::vector<std::size_t> firsts;
    firsts.reserve(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      firsts.push_back(seen.try_emplace(as_bytes(batch[i].key), i).first->second);
    }
    return firsts;
  }

  std::vector<bool> apply_leased_once(std::span<const leased_event> batch, structure held) {
    lock(held);
    const auto settled = settle_leased(db_, batch);
    std::vector<const parse::event*> with_effects;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto& event = batch[i].what.event;
      if (settled[i] && event.what == parse::verdict::apply) with_effects.push_back(&event);
    }
    apply_effects(db_, held, with_effects);
    db_.commit();
    return settled;
  }

  // A row without effects.
  outcome insert_one(const prepared_event& event, const fate& what) {
    db_.begin();
    const std::vector<const prepared_event*> one{&event};
    const bool fresh = insert_events(db_, one, {what}).front();
    const auto result = fresh ? outcome_of(what) : insert_copies(db_, one).front();
    db_.commit();
    return result;
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
