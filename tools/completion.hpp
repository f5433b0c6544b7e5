// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "common/cli/config.hpp"

// The two tables of a completion script (tools/completion.bash.in), as branches of a `case`.
namespace trunkline::manual {

// Returns the words that may follow a command: commands, options (with "=" if they require a
// value), and the number of arguments.
std::string following_words(const config::described_program&);
// Returns the values of an option ("events list --state") and of arguments ("migrate <").
std::string values(const config::described_program&);

}  // namespace trunkline::manual
