// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace trunkline {

// Length of the UTF-8 sequence that text starts with: 1 to 4; 0 where it is not valid (overlong,
// surrogate, above U+10FFFF, cut off) or text is empty.
std::size_t utf8_length(std::string_view text);

// One sequence: does it start a line, move a cursor or turn the direction of what follows? Then it
// may not reach a log line or a terminal as it is. C0, DEL, C1, line and paragraph separator, and
// the marks of bidirectional text.
bool is_control(std::string_view sequence);

}  // namespace trunkline
