// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace trunkline {

// Replaces control characters and bytes that are not UTF-8 by \xNN, so that stored data cannot move
// the cursor of a terminal.
std::string printable(std::string_view text);
// Returns the number of UTF-8 characters.
std::size_t count_characters(std::string_view text);
// Returns the first max UTF-8 characters, with "..." if text was longer.
std::string shorten(std::string_view text, std::size_t max);

}  // namespace trunkline
