// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/cli/config.hpp"

// The keys of trunkline.toml, for its manual page.
namespace trunkline::manual {

// Returns the keys that are valid at the top of the file for every program.
std::string common_keys(const std::vector<config::described_program>&);
// Returns the other keys of a section: those of a program, or of its commands, each with the
// commands that accept it.
std::string section_keys(const config::described_program&);

}  // namespace trunkline::manual
