// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

#include "common/text/utf8.hpp"

namespace trunkline::parse {

// Returns at most limit bytes of valid UTF-8, cut between characters.
std::string_view cut(std::string_view text, std::size_t limit);

// Returns text without ASCII white space at both ends.
std::string_view trim(std::string_view text);

// Returns whether c is one of the ASCII digits 0 to 9.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Compare ASCII letters in any case, and all other bytes exactly.
bool equals_ignoring_case(std::string_view a, std::string_view b);
bool contains_ignoring_case(std::string_view text, std::string_view part);

}  // namespace trunkline::parse
