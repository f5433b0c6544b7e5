// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace trunkline {

// For a terminal: control characters and bytes that are not UTF-8 become \xNN, so that stored data
// can't move the cursor.
std::string printable(std::string_view text);
std::size_t count_characters(std::string_view text);  // of UTF-8
// The first most characters (of UTF-8), "..." where something was cut.
std::string shorten(std::string_view text, std::size_t most);

}  // namespace trunkline
