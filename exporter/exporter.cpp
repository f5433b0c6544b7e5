// SPDX-License-Identifier: Apache-2.0
#include "exporter/exporter.hpp"

#include <condition_variable>
#include <mutex>

#include "common/process/version.hpp"
#include "common/process/signals.hpp"
#include "common/process/supervisor.hpp"
#include "exporter/exporter_responses.hpp"

namespace trunkline::exporter {
namespace {

// Until a signal asks for the end; meanwhile the supervisor hears that we live.
class stay {
 public:
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  void wait(const sampler& samples) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, std::chrono::seconds(1), [&] { return ended_; })) {
      supervisor::ping_watchdog();
      const auto known = backlog_of(samples.now());
      supervisor::set_status(
          known ? std::to_string(known->sum()) + " waiting" : "the depth of the queue is not known"
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
  signal_watcher signals;  // before any thread, which inherits its mask
  const auto log = config::make_logger("exporter", options.common);
  stay here;
  const sampler samples(options.common, log);
  const probes::probe_server server(
      options.listen, [&](std::string_view path) { return answer_exporter(samples.now(), path); },
      log
  );
  signals.start({[&] { here.end(); }, [] {}, [&] { log.toggle_debug(); }});
  log.info("listening", {{"listen", server.address()}, {"version", TRUNKLINE_VERSION}});
  supervisor::notify("READY=1");
  here.wait(samples);
  supervisor::notify("STOPPING=1");
  log.info("stopped");
}

}  // namespace trunkline::exporter
