// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/cli/config.hpp"
#include "tools/option_text.hpp"

// The commands of `trunkline`, for its manual page.
namespace trunkline::manual {

// Returns true for --help, --config and --check-config.
bool is_standard(const config::described_option&);
// Returns the standard options and those of the groups that many commands have, each name once. An
// option of a command that differs from the one returned here is the command's own.
options shared_by(const config::described_program&);
// Returns true if shared has the same option with the same description.
bool is_in(const options& shared, const config::described_option&);

// Returns one section per command: usage, description, own options, examples.
std::string command_sections(const config::described_program&);
// Returns the options of shared_by(), by group.
std::string shared_options(const config::described_program&);

}  // namespace trunkline::manual
