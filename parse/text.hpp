// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

#include "common/text/utf8.hpp"

// Small text rules that several parts of the parser share.
namespace trunkline::parse {

// At most limit bytes of valid UTF-8, cut between characters.
std::string_view cut(std::string_view text, std::size_t limit);

std::string_view trim(std::string_view text);  // ASCII white space at both ends

// ASCII only; the rest compares byte by byte.
bool equals_ignoring_case(std::string_view a, std::string_view b);
bool contains_ignoring_case(std::string_view text, std::string_view part);

}  // namespace trunkline::parse
