// SPDX-License-Identifier: Apache-2.0
#include "worker/process/consumer.hpp"

#include <random>

#include "common/process/supervisor.hpp"
#include "store/events/pause_error.hpp"
#include "worker/batch/retry_runner.hpp"
#include "worker/process/connection_settings.hpp"
#include "worker/process/control_poller.hpp"
#include "worker/process/counter_rollup.hpp"
#include "worker/stream/batch_reader.hpp"
#include "worker/stream/entry_reclaimer.hpp"
#include "worker/stream/process_entries.hpp"

namespace trunkline::worker {
namespace {

constexpr std::chrono::seconds control_poll_interval{1};
constexpr std::chrono::seconds rollup_interval{10};

random_unit seeded_random() {
  std::random_device seed;
  return [engine = std::mt19937_64(seed()),
          unit = std::uniform_real_distribution<double>(0, 1)]() mutable { return unit(engine); };
}

std::atomic<std::int64_t>& blocked_micros(shared_state& shared, dependency which) {
  return shared.counts.metrics.blocked_micros[static_cast<std::size_t>(which)];
}

}  // namespace

shared_state::shared_state(const worker_options& settings, std::string process_id, logger logs)
    : options(settings),
      id(std::move(process_id)),
      log(logs),
      status(settings.threads),
      stop(settings.drain_timeout),
      outcomes(counts, logs),
      orphans(counts, settings.claim_after, logs),
      reclaim_due(settings.reclaim_interval),
      retry_poll_due(settings.retry_poll_interval),
      controls_due(control_poll_interval),
      rollup_due(rollup_interval) {}

void shared_state::drain() {
  supervisor::notify("STOPPING=1");
  status.drain();
  stop.request();
}

struct consumer::impl {
  impl(shared_state& with, int thread, const std::string& name)
      : shared(with),
        options(with.options),
        random(seeded_random()),
        store(store::open_event_store(store_settings(options), with.log.named("worker.store"))),
        client(redis_settings(options, name), with.log.named("worker.redis")),
        stream(
            client, stream::deliveries_key(options.common.stream_namespace), name,
            options.redis_timeout, with.stop
        ),
        redis_wait(
            with.status, blocked_micros(with, dependency::redis), thread, dependency::redis,
            with.stop, options.outage_backoff_min, random, with.log
        ),
        postgres_wait(
            with.status, blocked_micros(with, dependency::postgres), thread, dependency::postgres,
            with.stop, options.outage_backoff_min, random, with.log
        ),
        settle(stream, in_flight, redis_wait, with.stop, options.probe_interval_max),
        context{*store,      stream,  in_flight, settle,   with.outcomes,
                with.counts, options, random,    with.log, with.one_suspect},
        executor(
            *store, postgres_wait, with.stop,
            {options.outage_backoff_max, options.probe_interval_max}, random, with.log
        ),
        reader(
            stream, in_flight,
            {static_cast<std::size_t>(options.batch), options.batch_bytes, options.block,
             options.claim_after}
        ),
        due_retries(context, executor, postgres_wait, with.retry_poll_due, with.stop),
        reclaimer(
            context, executor, reader, with.orphans, with.reclaim_due, with.status, with.stop
        ),
        controls(with, *store, stream, redis_wait, postgres_wait),
        rollup(
            client, *store, with.rollup_due, options.common.stream_namespace,
            with.log.named("worker.fold")
        ) {}

  void reach_postgres();
  void turn();
  void leave();
  std::string hand_over();

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
  retries due_retries;
  entry_reclaimer reclaimer;
  control_poller controls;
  counter_rollup rollup;
};

// Ready means that the schema and our rights will do, so something real is asked: retries, though
// none are claimed_page yet. Own numbers come first: learned later, they restructure what was
// applied.
void consumer::impl::reach_postgres() {
  while (!shared.stop.requested()) {
    if (controls.poll() == control_poller::mode::paused) {
      controls.wait_while_paused();
      continue;
    }
    auto reached = store->adopt_own_numbers();
    if (reached) {
      std::vector<store::expired_retry> buried;
      const auto asked = store->lease_due(0, options.lease, options.max_deliveries, &buried);
      for (const auto& retry : buried) shared.outcomes.dead_lettered(retry);
      if (!asked) reached = asked.error();
    }
    if (reached) return postgres_wait.mark_available();
    if (store::is_pause(reached.error())) {
      shared.controls_due.reset();
      continue;
    }
    if (!executor.recover_from(reached.error(), "reaching Postgres")) return;
  }
}

void consumer::impl::turn() {
  postgres_wait.heartbeat();
  const auto mode = controls.poll();
  if (shared.stop.requested()) return;
  if (mode == control_poller::mode::unknown) {
    executor.recover_from(*controls.error(), "reading what operators ask");
    return;
  }
  if (!postgres_wait.waiting())
    if (const auto failed = rollup.run())
      shared.log.debug("could not fold figures", {{"error", failed->message}});
  if (mode == control_poller::mode::paused) return controls.wait_while_paused();
  if (!postgres_wait.waiting()) {  // holding: nothing new is read
    reclaimer.run();
    if (shared.stop.requested()) return;
    auto batch = reader.read();
    if (!batch) {
      redis_wait.wait("redis: " + batch.problem, options.probe_interval_max);
    } else {
      redis_wait.mark_available();
      // Overtaken by a pause while the read waited: nobody needs another look to know.
      if (!process_entries(context, executor, std::move(*batch.value)))
        return shared.controls_due.reset();
    }
  }
  if (!shared.stop.requested() && !shared.status.paused()) due_retries.run();
}

// All that is pending for us to the consumer "released"; "" if nothing is left, else why not.
std::string consumer::impl::hand_over() {
  for (;;) {
    const auto mine = stream.own_pending("-", "+", 1000);
    if (!mine) return mine.problem;
    if (mine.value->empty()) return "";
    ids which;
    for (const auto& entry : *mine.value) which.push_back(entry.id);
    in_flight.remove(which);
    if (auto problem = stream.release(which, options.claim_after); !problem.empty()) return problem;
    shared.counts.released += which.size();
  }
}

void consumer::impl::leave() {
  if (const auto problem = hand_over(); !problem.empty()) {
    // Others claim it when it has been idle long enough; the consumer goes when it is empty.
    shared.log.warn(
        "could not hand back what was in hand",
        {{"consumer", stream.consumer()}, {"error", problem}}
    );
    return;
  }
  const auto dropped = stream.remove_consumer(stream.consumer());
  if (dropped.value_or(0) > 0)
    shared.log.error(
        "the consumer was removed with pending entries; the net will bring them back",
        {{"consumer", stream.consumer()}, {"entries", *dropped}}
    );
}

consumer::consumer(shared_state& shared, int thread, std::string name)
    : impl_(std::make_unique<impl>(shared, thread, name)) {}

consumer::~consumer() = default;

void consumer::run() {
  impl_->reach_postgres();
  while (!impl_->shared.stop.requested()) impl_->turn();
  impl_->leave();
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
