// SPDX-License-Identifier: Apache-2.0
#include "worker/process/consumer.hpp"

#include <random>

#include "store/events/pause_error.hpp"
#include "worker/batch/retry_runner.hpp"
#include "worker/process/connection_settings.hpp"
#include "worker/process/control_poller.hpp"
#include "worker/process/counter_rollup.hpp"
#include "worker/stream/batch_reader.hpp"
#include "worker/stream/entry_reclaimer.hpp"
#include "worker/stream/process_entries.hpp"
#include "worker/stream/settler.hpp"

namespace trunkline::worker {
namespace {

random_unit seeded_random() {
  std::random_device seed;
  return [engine = std::mt19937_64(seed()),
          unit = std::uniform_real_distribution<double>(0, 1)]() mutable { return unit(engine); };
}

std::atomic<std::int64_t>& blocked_micros(shared_state& shared, dependency which) {
  return shared.counts.metrics.blocked_micros[static_cast<std::size_t>(which)];
}

}  // namespace

struct consumer::impl {
  impl(shared_state& state, int thread, const std::string& name)
      : shared(state),
        options(state.options),
        random(seeded_random()),
        store(store::open_event_store(store_settings(options), state.log.named("worker.store"))),
        client(redis_settings(options, name), state.log.named("worker.redis")),
        stream(
            client, stream::deliveries_key(options.common.stream_namespace), name,
            options.redis_timeout, state.stop
        ),
        redis_wait(
            state.status, blocked_micros(state, dependency::redis), thread, dependency::redis,
            state.stop, options.outage_backoff_min, random, state.log
        ),
        postgres_wait(
            state.status, blocked_micros(state, dependency::postgres), thread, dependency::postgres,
            state.stop, options.outage_backoff_min, random, state.log
        ),
        settle(stream, in_flight, redis_wait, state.stop, options.probe_interval_max),
        context{*store,       stream,  in_flight, settle,    state.outcomes,
                state.counts, options, random,    state.log, state.poison},
        executor(
            *store, postgres_wait, state.stop,
            {options.outage_backoff_max, options.probe_interval_max}, random, state.log
        ),
        reader(
            stream, in_flight,
            {static_cast<std::size_t>(options.batch), options.batch_bytes, options.block,
             options.claim_after}
        ),
        retries(context, executor, postgres_wait, state.retry_poll_due, state.stop),
        reclaimer(
            context, executor, reader, state.orphans, state.reclaim_due, state.status, state.stop
        ),
        controls(state, *store, stream, redis_wait, postgres_wait),
        rollup(
            client, *store, state.rollup_due, options.common.stream_namespace,
            state.log.named("worker.rollup")
        ) {}

  void reach_postgres();
  void run_once();
  bool process_stream();
  void end();
  std::string release_pending();

  shared_state& shared;
  const worker_options& options;
  random_unit random;
  std::unique_ptr<store::event_store> store;
  redis::client client;
  delivery_stream stream;
  in_flight_entries in_flight;
  dependency_wait redis_wait, postgres_wait;
  settler settle;
  worker_context context;
  batch_executor executor;
  batch_reader reader;
  retry_runner retries;
  entry_reclaimer reclaimer;
  control_poller controls;
  counter_rollup rollup;
};

// Waits until PostgreSQL accepts the worker's statements. Leasing no retries proves the schema and
// the privileges. Own numbers are adopted first: if they were learnt later, they would restructure
// rows that are applied already.
void consumer::impl::reach_postgres() {
  while (!shared.stop.requested()) {
    if (controls.poll() == control_poller::mode::paused) {
      controls.wait_while_paused();
      continue;
    }
    auto reached = store->adopt_own_numbers();
    if (reached) {
      std::vector<store::expired_retry> expired;
      const auto leased = store->lease_due(0, options.lease, options.max_deliveries, &expired);
      for (const auto& retry : expired) shared.outcomes.dead_lettered(retry);
      if (!leased) reached = leased.error();
    }
    if (reached) return postgres_wait.mark_available();
    if (store::is_pause(reached.error())) {
      shared.controls_due.reset();
      continue;
    }
    if (!executor.recover_from(reached.error(), "start")) return;
  }
}

void consumer::impl::run_once() {
  postgres_wait.heartbeat();
  const auto mode = controls.poll();
  if (shared.stop.requested()) return;
  if (mode == control_poller::mode::unknown) {
    executor.recover_from(*controls.error(), "read controls");
    return;
  }
  if (!postgres_wait.waiting())
    if (const auto failed = rollup.run())
      shared.log.debug("roll-up failed", {{"error", failed->message}});
  if (mode == control_poller::mode::paused) return controls.wait_while_paused();
  if (!postgres_wait.waiting()) {
    reclaimer.run();
    if (shared.stop.requested()) return;
    if (!process_stream()) return;
  }
  if (!shared.stop.requested() && !shared.status.paused()) retries.run();
}

// Returns false if the batch was interrupted by a stop or by a pause.
bool consumer::impl::process_stream() {
  auto batch = reader.read();
  if (!batch) {
    redis_wait.wait("redis: " + batch.error, options.probe_interval_max);
    return true;
  }
  redis_wait.mark_available();
  if (process_entries(context, executor, std::move(*batch.value))) return true;
  // A pause may have begun during the read: the controls are read again immediately.
  shared.controls_due.reset();
  return false;
}

// Releases every pending entry of this consumer. Returns "" or the error.
std::string consumer::impl::release_pending() {
  for (;;) {
    const auto pending = stream.own_pending("-", "+", 1000);
    if (!pending) return pending.error;
    if (pending.value->empty()) return "";
    ids entries;
    for (const auto& entry : *pending.value) entries.push_back(entry.id);
    in_flight.remove(entries);
    if (auto error = stream.release(entries, options.claim_after); !error.empty()) return error;
    shared.counts.released += entries.size();
  }
}

void consumer::impl::end() {
  if (const auto error = release_pending(); !error.empty()) {
    // Other workers reclaim the entries after --claim-after and then remove the empty consumer.
    shared.log.warn(
        "release of pending entries failed", {{"consumer", stream.consumer()}, {"error", error}}
    );
    return;
  }
  const auto dropped = stream.remove_consumer(stream.consumer());
  if (dropped.value_or(0) > 0)
    shared.log.error(
        "consumer removed with pending entries; orphan recovery returns them",
        {{"consumer", stream.consumer()}, {"entries", *dropped}}
    );
}

consumer::consumer(shared_state& shared, int thread, const std::string& name)
    : impl_(std::make_unique<impl>(shared, thread, name)) {}

consumer::~consumer() = default;

void consumer::run() {
  impl_->reach_postgres();
  while (!impl_->shared.stop.requested()) impl_->run_once();
  impl_->end();
}

const std::string& consumer::name() const {
  return impl_->stream.consumer();
}

const in_flight_entries& consumer::in_flight() const {
  return impl_->in_flight;
}

std::size_t consumer::in_flight_count() const {
  std::size_t count = 0;
  impl_->in_flight.visit([&](const ids& all) { count = all.size(); });
  return count;
}

store::event_store& consumer::store() const {
  return *impl_->store;
}

}  // namespace trunkline::worker
