// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/cli/config.hpp"

// Options as a manual page tells them.
namespace trunkline::manual {

using options = std::vector<config::described_option>;

// Parts of a value's name: "FILE" of "all|media|FILE". Those in capitals are kinds of values,
// others stand for themselves.
std::vector<std::string> value_parts(const std::string& value);
bool is_kind(const std::string& part);
std::string value_text(const config::described_option&);

// " [default: 30s; 200ms to 1d; env: TRUNKLINE_CLAIM_AFTER]", or nothing.
std::string details(const config::described_option&, bool with_variables);
// A tagged paragraph.
std::string option_entry(const config::described_option&);
// All of them under the headings that --help has.
std::string option_groups(const options&);
// "[OPTION]... [ID]..." behind a command.
std::string usage_line(const std::string& command, const options&);
// Variables without our prefix, with the options they stand for.
std::string variable_entries(const options&);

// "Examples" of --help: the commands, and what is said below them.
std::string examples_block(const std::string& examples);
std::string notes(const std::string& examples);

}  // namespace trunkline::manual
