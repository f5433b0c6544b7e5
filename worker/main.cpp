// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>

#include "common/process/exit_codes.hpp"
#include "common/process/signals.hpp"
#include "common/process/supervisor.hpp"
#include "common/process/version.hpp"
#include "worker/process/connection_settings.hpp"
#include "worker/process/consumer_pool.hpp"
#include "worker/process/process_info.hpp"
#include "worker/process/readiness.hpp"
#include "worker/process/ticker.hpp"
#include "worker/process/watchdog.hpp"
#include "worker/stream/claim_keepalive.hpp"

namespace {

using namespace trunkline;

int run(int argc, const char* const* argv) {
  // Configuration: flags, environment, file.
  worker::worker_options options;
  const auto leave = config::start(argc, argv, worker::about(), [&](config::option_set& set) {
    worker::declare(set, options);
  });
  if (leave) return *leave;
  signal_watcher signals;
  const auto log = config::make_logger("worker", options.common);

  // What the threads share, and the threads: stream -> Postgres.
  const auto id = worker::make_process_id();
  worker::shared_state shared(options, id, log);
  const worker::ticker last_resort(worker::check_interval, [&] {
    worker::exit_if_drain_overdue(shared);
  });
  worker::consumer_pool pool(shared, id);

  // What looks after them: each with its own Redis connection, if it needs one.
  redis::client upkeep_redis(worker::redis_settings(options, id + "-upkeep"), log);
  redis::client card_redis(worker::redis_settings(options, id + "-card"), log);
  worker::claim_keepalive keepalive(upkeep_redis, shared, pool.consumers());
  worker::process_info info(card_redis, shared, pool.consumers());
  worker::watchdog dog(shared, pool.consumers());

  // What people and supervisors ask.
  probes::probe_server ops(
      options.ops_listen,
      [&](std::string_view path) {
        return worker::probe_response(shared.status, shared.counts, path);
      },
      log.named("worker.ops")
  );

  signals.start({
      [&] { shared.drain(); },
      [] {},
      [&] { log.toggle_debug(); },
  });
  log.info(
      "started", {{"version", TRUNKLINE_VERSION},
                  {"threads", options.threads},
                  {"ops", ops.address()},
                  {"id", id}}
  );
  bool intact = false;
  {
    const worker::ticker refreshing(options.claim_after / 3, [&] { keepalive.refresh(); });
    const worker::ticker beating(worker::check_interval, [&] { info.publish_if_due(); });
    const worker::ticker watching(worker::check_interval, [&] {
      dog.check();
      if (dog.all_responsive()) supervisor::ping_watchdog();
      supervisor::set_status(worker::status_line(shared.status));
    });
    supervisor::notify("READY=1");
    intact = pool.run();
  }
  info.remove();
  log.info("stopped", {{"outcomes", shared.counts.outcomes()}});
  return static_cast<int>(intact ? exit_code::ok : exit_code::failed);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    prepare_process();
    supervisor::read_environment();
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "trunkline-worker: %s\n", error.what());
    return static_cast<int>(exit_code::failed);
  }
}
