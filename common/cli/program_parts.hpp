// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "common/cli/config.hpp"

// What a program of one command and one of commands have in common. Only for the files of this folder:
// CLI11 stays out of other headers.
namespace trunkline::config {

// Flags that every program and command has besides its own options.
struct standard_flags {
  std::string file;
  bool check = false;

  void add_to(CLI::App& app);
  std::optional<std::string> config_file() const;
};

// Whose part of the config file a program reads: of "trunkline-gateway" it is "gateway".
std::string section_of(const std::string& program);
void add_version(CLI::App& app, const std::string& program);
// Nullopt to go on, else the code to leave with.
std::optional<int> parse(
    CLI::App& app, const std::string& program, int argc, const char* const* argv
);
std::optional<int> resolve(
    option_set& options, const standard_flags& flags, const std::string& program
);

}  // namespace trunkline::config
