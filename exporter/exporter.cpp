// SPDX-License-Identifier: Apache-2.0
#include "exporter/exporter.hpp"

#include <condition_variable>
#include <mutex>

#include "common/process/signals.hpp"
#include "common/process/supervisor.hpp"
#include "common/process/version.hpp"
#include "exporter/exporter_responses.hpp"
#include "exporter/scaler.hpp"

namespace trunkline::exporter {
namespace {

// Blocks the main thread until the end is requested, and reports to the supervisor meanwhile.
class main_loop {
 public:
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  void run(const queue_sampler& sampler) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, std::chrono::seconds(1), [&] { return ended_; })) {
      supervisor::ping_watchdog();
      const auto backlog = backlog_of(sampler.latest());
      supervisor::set_status(
          backlog ? std::to_string(backlog->sum()) + " waiting" : "backlog unknown"
      );
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
};

}  // namespace

void run(const settings& options) {
  supervisor::read_environment();
  signal_watcher signals;  // before any thread, because threads inherit its signal mask
  const auto log = config::make_logger("exporter", options.common);
  main_loop loop;
  const queue_sampler sampler(options.common, log);
  const probes::probe_server server(
      options.listen, [&](std::string_view path) { return respond(sampler.latest(), path); }, log
  );
  signals.start({[&] { loop.end(); }, [] {}, [&] { log.toggle_debug(); }});
  log.info("listening", {{"listen", server.address()}, {"version", TRUNKLINE_VERSION}});
  supervisor::notify("READY=1");
  loop.run(sampler);
  supervisor::notify("STOPPING=1");
  log.info("stopped");
}

}  // namespace trunkline::exporter
