// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "cli/commands.hpp"

using namespace trunkline;

TEST_CASE("switches other than --json come only from the command line") {
  const auto program = config::describe(cli::about(), cli::all_commands());
  int seen = 0;
  for (const auto& command : program.commands)
    for (const auto& option : command.options) {
      const bool is_switch = option.value.empty() && !option.positional;
      if (!is_switch || option.variables.empty()) {
        seen += is_switch && option.name == "--yes";
        continue;
      }
      INFO(command.name << " " << option.name);
      CHECK(option.name == "--json");
    }
  CHECK(seen >= 5);
}

TEST_CASE("filters come only from the command line") {
  const auto program = config::describe(cli::about(), cli::all_commands());
  for (const auto& command : program.commands)
    for (const auto& option : command.options) {
      if (option.group != "Filter") continue;
      INFO(command.name << " " << option.name);
      CHECK(option.variables.empty());
      CHECK_FALSE(option.in_file);
    }
}
