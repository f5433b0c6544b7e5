// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "common/cli/config.hpp"

// Shared by programs with and without commands. Private to this folder, because other headers do
// not include CLI11.
namespace trunkline::config {

// The options that every program and command has in addition to its own.
struct standard_flags {
  std::string file;
  bool check = false;

  void add_to(CLI::App& app);
  std::optional<std::string> config_file() const;
};

// Returns the section of the config file that a program reads: "gateway" for "trunkline-gateway".
std::string section_of(const std::string& program);
void add_version(CLI::App& app, const std::string& program);
// Both return an exit code if the program has to exit, otherwise nullopt.
std::optional<int> parse(
    CLI::App& app, const std::string& program, int argc, const char* const* argv
);
std::optional<int> resolve(
    option_set& options, const standard_flags& flags, const std::string& program
);

}  // namespace trunkline::config
