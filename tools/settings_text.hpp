// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/cli/config.hpp"

// The keys of trunkline.toml as its manual page tells them.
namespace trunkline::manual {

// Keys that may stand at the top whoever reads the file, from whichever program has them.
std::string common_keys(const std::vector<config::described_program>&);
// The other keys of a section: a program's own, or those of its commands, each with the commands that
// take it.
std::string section_keys(const config::described_program&);

}  // namespace trunkline::manual
