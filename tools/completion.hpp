// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/cli/config.hpp"

// The two tables of a completion script (manual/completion.bash.in), as the branches of a `case`.
namespace trunkline::manual {

// What may follow the words of a command: further commands, options ("=" behind those that need a value),
// and how many arguments.
std::string following_words(const config::described_program&);
// What may stand as an option's value ("events list --state"), or as an argument ("migrate <").
std::string values(const config::described_program&);

}  // namespace trunkline::manual
