// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/cli/config.hpp"

// The tables of docs/configuration.md, in Markdown.
namespace trunkline::manual {

// Returns one table of the program's options.
std::string program_table(const config::described_program&);
// Returns one table of the options that commands share, and one table per command of its other
// options.
std::string command_tables(const config::described_program&);

}  // namespace trunkline::manual
