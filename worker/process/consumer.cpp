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

constexpr std::chrono::seconds controls_every{1};
constexpr std::chrono::seconds fold_every{10};

random_unit seeded_random() {
  std::random_device seed;
  return [engine = std::mt19937_64(seed()),
          unit = std::uniform_real_distribution<double>(0, 1)]() mutable { return unit(engine); };
}

std::atomic<std::int64_t>& held_micros(shared_parts& shared, house which) {
  return shared.counts.metrics.held_micros[static_cast<std::size_t>(which)];
}

}  // namespace

shared_parts::shared_parts(const worker_options& settings, std::string process_id, logger logs)
    : options(settings),
      id(std::move(process_id)),
      log(logs),
      board(settings.threads),
      stop(settings.drain_timeout),
      book(counts, logs),
      net(counts, settings.claim_after, logs),
      sweep_due(settings.sweep_every),
      retry_poll(settings.retry_poll),
      controls_due(controls_every),
      fold_due(fold_every) {}

void shared_parts::drain() {
  supervisor::notify("STOPPING=1");
  board.drain();
  stop.request();
}

struct consumer::impl {
  impl(shared_parts& with, int thread, const std::string& name)
      : shared(with),
        options(with.options),
        random(seeded_random()),
        store(store::open_event_store(store_settings(options), with.log.named("worker.store"))),
        client(redis_settings(options, name), with.log.named("worker.redis")),
        stream(
            client, stream::deliveries_key(options.common.stream_namespace), name,
            options.redis_timeout, with.stop
        ),
        redis_hold(
            with.board, held_micros(with, house::redis), thread, house::redis, with.stop,
            options.hold_least, random, with.log
        ),
        postgres_hold(
            with.board, held_micros(with, house::postgres), thread, house::postgres, with.stop,
            options.hold_least, random, with.log
        ),
        settle(stream, held, redis_hold, with.stop, options.probe_most),
        kit{*store,      stream,  held,   settle,   with.book,
            with.counts, options, random, with.log, with.one_suspect},
        carrying(
            *store, postgres_hold, with.stop, {options.hold_most, options.probe_most}, random,
            with.log
        ),
        reader(
            stream, held,
            {static_cast<std::size_t>(options.batch), options.batch_bytes, options.block,
             options.claim_after}
        ),
        due_retries(kit, carrying, postgres_hold, with.retry_poll, with.stop),
        rescue(kit, carrying, reader, with.net, with.sweep_due, with.board, with.stop),
        steer(with, *store, stream, redis_hold, postgres_hold),
        fold(
            client, *store, with.fold_due, options.common.stream_namespace,
            with.log.named("worker.fold")
        ) {}

  void reach_postgres();
  void turn();
  void leave();
  std::string hand_over();

  shared_parts& shared;
  const worker_options& options;
  random_unit random;
  std::unique_ptr<store::event_store> store;
  redis::client client;
  deliveries stream;
  held_entries held;
  hold redis_hold, postgres_hold;
  settler settle;
  tools kit;
  carrier carrying;
  batch_reader reader;
  retries due_retries;
  sweep rescue;
  steering steer;
  figures_fold fold;
};

// Ready means that the schema and our rights will do, so something real is asked: retries, though
// none are taken yet. Own numbers come first: learned later, they restructure what was applied.
void consumer::impl::reach_postgres() {
  while (!shared.stop.requested()) {
    if (steer.look() == steering::wish::idle) {
      steer.idle();
      continue;
    }
    auto reached = store->adopt_own_numbers();
    if (reached) {
      std::vector<store::expired_retry> buried;
      const auto asked = store->lease_due(0, options.lease, options.max_deliveries, &buried);
      for (const auto& retry : buried) shared.book.buried(retry);
      if (!asked) reached = asked.error();
    }
    if (reached) return postgres_hold.over();
    if (store::is_pause(reached.error())) {
      shared.controls_due.open();
      continue;
    }
    if (!carrying.survive(reached.error(), "reaching Postgres")) return;
  }
}

void consumer::impl::turn() {
  postgres_hold.alive();
  const auto wish = steer.look();
  if (shared.stop.requested()) return;
  if (wish == steering::wish::wait) {
    carrying.survive(*steer.error(), "reading what operators ask");
    return;
  }
  if (!postgres_hold.holding())
    if (const auto failed = fold.run())
      shared.log.debug("could not fold figures", {{"error", failed->message}});
  if (wish == steering::wish::idle) return steer.idle();
  if (!postgres_hold.holding()) {  // holding: nothing new is read
    rescue.run();
    if (shared.stop.requested()) return;
    auto batch = reader.read();
    if (!batch) {
      redis_hold.wait("redis: " + batch.problem, options.probe_most);
    } else {
      redis_hold.over();
      // Overtaken by a pause while the read waited: nobody needs another look to know.
      if (!carry_entries(kit, carrying, std::move(*batch.value))) return shared.controls_due.open();
    }
  }
  if (!shared.stop.requested() && !shared.board.paused()) due_retries.run();
}

// All that is pending for us to the consumer "released"; "" if nothing is left, else why not.
std::string consumer::impl::hand_over() {
  for (;;) {
    const auto mine = stream.own_pending("-", "+", 1000);
    if (!mine) return mine.problem;
    if (mine.value->empty()) return "";
    ids which;
    for (const auto& entry : *mine.value) which.push_back(entry.id);
    held.remove(which);
    if (auto problem = stream.give_back(which, options.claim_after); !problem.empty())
      return problem;
    shared.counts.given_back += which.size();
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

consumer::consumer(shared_parts& shared, int thread, std::string name)
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

const held_entries& consumer::held() const {
  return impl_->held;
}

std::size_t consumer::in_hand() const {
  std::size_t count = 0;
  impl_->held.visit([&](const ids& all) { count = all.size(); });
  return count;
}

store::event_store& consumer::store() const {
  return *impl_->store;
}

}  // namespace trunkline::worker
