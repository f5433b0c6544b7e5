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

// The usual soft limit of 1,024 is too low for --max-connections and the other open files.
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

  gateway::options options;
  const auto declare = [&](config::option_set& set) { gateway::declare(set, options); };
  if (const auto code = config::start(argc, argv, gateway::program, declare)) return *code;
  const logger log = config::make_logger("gateway", options.common);

  // Before any other thread, because threads inherit the signal mask.
  std::optional<signal_watcher> signals(std::in_place);
  try {
    gateway::service service(options, log);

    signals->start({
        .terminate = [&] { service.drain(); },
        .reload = [&] { service.reload(); },
        .toggle_debug = [&] { log.toggle_debug(); },
    });
    service.run();
    // Before the service is destroyed, because the watcher calls it.
    signals.reset();
  } catch (const std::exception& failure) {
    log.error(failure.what());
    return static_cast<int>(exit_code::failed);
  }
  return static_cast<int>(exit_code::ok);
}
