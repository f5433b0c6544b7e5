// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <exception>
#include <optional>

#include "common/cli/config.hpp"
#include "common/process/exit_codes.hpp"
#include "common/process/signals.hpp"
#include "common/process/supervisor.hpp"
#include "gateway/options.hpp"
#include "gateway/service.hpp"

using namespace trunkline;

namespace {

// The usual soft limit of 1,024 would end below --max-connections with everything else that is
// open.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  prepare_process();
  supervisor::read_environment();
  raise_descriptor_limit();

  // What was asked for, or why it cannot be.
  gateway::options options;
  const auto declare = [&](config::option_set& set) { gateway::declare(set, options); };
  if (const auto leave = config::start(argc, argv, gateway::program, declare)) return *leave;
  const logger log = config::make_logger("gateway", options.common);

  // Before any other thread, which inherits its signal mask.
  std::optional<signal_watcher> signals(std::in_place);
  try {
    // I/O threads, listener, heartbeat and ops listener.
    gateway::service service(options, log);

    signals->start({
        .terminate = [&] { service.drain(); },
        .reload = [&] { service.reload(); },
        .toggle_debug = [&] { log.toggle_debug(); },
    });
    service.run();
    signals.reset();  // it calls the service
  } catch (const std::exception& failure) {
    log.error(failure.what());
    return static_cast<int>(exit_code::failed);
  }
  return static_cast<int>(exit_code::ok);
}
