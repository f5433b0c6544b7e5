// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/cli/config.hpp"

// The commands of `trunkline` as its manual page tells them.
namespace trunkline::manual {

// A heading a command: usage, what it does, its own options, examples.
std::string verb_sections(const config::described_program&);
// Options that many commands have and that mean the same in all of them, told once.
std::string shared_options(const config::described_program&);

}  // namespace trunkline::manual
