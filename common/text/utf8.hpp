// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace trunkline {

// Returns the length of the UTF-8 sequence at the start of text, 1 to 4, or 0 if it is invalid
// (overlong, surrogate, above U+10FFFF, truncated) or text is empty.
std::size_t utf8_length(std::string_view text);

// Returns true if a sequence can start a line, move a cursor or change the direction of text, and
// so must be escaped in logs and on terminals: C0, DEL, C1, the line and paragraph separators, and
// the marks of bidirectional text.
bool is_control(std::string_view sequence);

}  // namespace trunkline
