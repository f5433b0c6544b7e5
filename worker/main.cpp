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
  const auto exit_now = config::start(argc, argv, worker::about(), [&](config::option_set& set) {
    worker::declare(set, options);
  });
  if (exit_now) return *exit_now;
  signal_watcher signals;
  const auto log = config::make_logger("worker", options.common);

  // The shared state and the consumers: stream -> PostgreSQL.
  const auto id = worker::make_process_id();
  worker::shared_state shared(options, id, log);
  const worker::ticker exit_timer(worker::check_interval, [&] {
    worker::exit_if_drain_overdue(shared);
  });
  worker::consumer_pool pool(shared, id);

  // Supervision of the consumers, with separate Redis connections where one is needed.
  redis::client keepalive_redis(worker::redis_settings(options, id + "-keepalive"), log);
  redis::client info_redis(worker::redis_settings(options, id + "-info"), log);
  worker::claim_keepalive keepalive(keepalive_redis, shared, pool.consumers());
  worker::process_info info(info_redis, shared, pool.consumers());
  worker::watchdog watchdog(shared, pool.consumers());

  // Probes and metrics.
  probes::probe_server probe_server(
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
                  {"ops", probe_server.address()},
                  {"id", id}}
  );
  bool succeeded = false;
  {
    const worker::ticker refreshing(options.claim_after / 3, [&] { keepalive.refresh(); });
    const worker::ticker publishing(worker::check_interval, [&] { info.publish_if_due(); });
    const worker::ticker watching(worker::check_interval, [&] {
      watchdog.check();
      if (watchdog.all_responsive()) supervisor::ping_watchdog();
      supervisor::set_status(worker::status_line(shared.status));
    });
    supervisor::notify("READY=1");
    succeeded = pool.run();
  }
  info.remove();
  log.info("stopped", {{"outcomes", shared.counts.outcomes()}});
  return static_cast<int>(succeeded ? exit_code::ok : exit_code::failed);
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
