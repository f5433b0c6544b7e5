// SPDX-License-Identifier: Apache-2.0
// trunkline, the command line for operators. program.cpp lists its commands.
#include <cstdio>
#include <exception>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "common/process/exit_codes.hpp"
#include "common/process/signals.hpp"

int main(int argc, char** argv) {
  using namespace trunkline;
  prepare_process();
  try {
    const int code = config::run_commands(argc, argv, cli::about(), cli::all_commands());
    cli::exit_immediately(static_cast<exit_code>(code));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "trunkline: %s\n", error.what());
    return static_cast<int>(exit_code::failed);
  }
}
