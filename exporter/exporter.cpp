// SPDX-License-Identifier: Apache-2.0
// trunkline exporter: what is true of the queue as a whole, for Prometheus and an autoscaler.
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "common/process/version.hpp"
#include "common/process/signals.hpp"
#include "common/process/supervisor.hpp"
#include "exporter/exporter_answers.hpp"
#include "cli/output.hpp"
#include "cli/commands.hpp"

namespace trunkline::ctl {
namespace {

struct settings {
  config::common_options common;
  std::string listen = "127.0.0.1:5010";
};

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

int run(const settings& given) {
  supervisor::read_environment();
  signal_watcher signals;  // before any thread, which inherits its mask
  const auto log = config::make_logger("exporter", given.common);
  try {
    stay here;
    const sampler samples(given.common, log);
    const probes::probe_server server(
        given.listen, [&](std::string_view path) { return answer_exporter(samples.now(), path); },
        log
    );
    signals.start({[&] { here.end(); }, [] {}, [&] { log.toggle_debug(); }});
    log.info("listening", {{"listen", server.address()}, {"version", TRUNKLINE_VERSION}});
    supervisor::notify("READY=1");
    here.wait(samples);
    supervisor::notify("STOPPING=1");
    log.info("stopped");
  } catch (const std::runtime_error& failure) {
    return report_error("exporter", failure.what(), exit_code::failed);
  }
  std::fflush(nullptr);
  // A thread may hang in a server's socket still: no destructor may run under its feet.
  _exit(as_int(exit_code::ok));
}

void declare(settings& given, config::option_set& options) {
  options.text("listen", given.listen, "HOST:PORT of /metrics, /scaler, /livez and /readyz");
  options.check("listen", [&given]() -> std::string {
    std::string host;
    std::uint16_t port = 0;
    return probes::parse_listen(given.listen, host, port);
  });
  config::add_common(options, given.common, config::uses::both);
}

}  // namespace

config::command exporter() {
  auto given = std::make_shared<settings>();
  return {
      .name = "exporter",
      .description =
          "Serves metrics of the queue and the number that scales workers, until SIGTERM",
      .examples =
          "  trunkline exporter\n"
          "  trunkline exporter --listen 0.0.0.0:5010\n"
          "  curl http://127.0.0.1:5010/metrics       for Prometheus\n"
          "  curl http://127.0.0.1:5010/scaler        ready + pending + due retries, for KEDA\n"
          "  curl http://127.0.0.1:5010/scaler.txt    the number alone\n"
          "One is enough, with logins that only read. Both servers are asked every 2 seconds,\n"
          "whatever asks here. /scaler answers 503 when the number is not known.\n"
          "Exit codes: 0 ended by a signal, 1 cannot listen.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) { declare(*given, options); },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::ctl
