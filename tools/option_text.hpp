// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/cli/config.hpp"

// Options in man(7) macros.
namespace trunkline::manual {

using options = std::vector<config::described_option>;

// Splits a placeholder: "all|media|FILE" has the parts "all", "media" and "FILE".
std::vector<std::string> value_parts(const std::string& value);
// Returns true for a kind of value, in capitals; other parts are literal values.
bool is_kind(const std::string& part);
// Returns the placeholder with kinds in italics and literal values in bold.
std::string value_text(const config::described_option&);

// Returns " [default: 30s; 200ms to 1d; env: TRUNKLINE_CLAIM_AFTER]", or an empty string.
std::string details(const config::described_option&, bool with_variables);
// Returns one option as a tagged paragraph.
std::string option_entry(const config::described_option&);
// Returns all options under their headings in --help.
std::string option_groups(const options&);
// Returns the command with "[OPTION]... [ID]...".
std::string usage_line(const std::string& command, const options&);
// Returns the variables without the prefix TRUNKLINE_, each with its options.
std::string variable_entries(const options&);

// Returns the example commands of --help.
std::string examples_block(const std::string& examples);
// Returns the text below the example commands of --help.
std::string notes(const std::string& examples);

}  // namespace trunkline::manual
