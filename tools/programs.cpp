// SPDX-License-Identifier: Apache-2.0
#include "tools/programs.hpp"

#include "cli/commands.hpp"
#include "gateway/options.hpp"
#include "worker/process/options.hpp"

namespace trunkline::manual {

config::described_program gateway_program() {
  gateway::options options;
  return config::describe(gateway::program, [&options](config::option_set& set) {
    gateway::declare(set, options);
  });
}

config::described_program worker_program() {
  worker::worker_options options;
  return config::describe(worker::about(), [&options](config::option_set& set) {
    worker::declare(set, options);
  });
}

config::described_program operator_program() {
  return config::describe(cli::about(), cli::all_commands());
}

}  // namespace trunkline::manual
