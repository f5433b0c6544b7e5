// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// One pass over the bytes before any tree is built: what is refused here never reaches the JSON
// library, and what the library would refuse although it is only odd is made harmless. Every repair
// keeps the length, so that offsets into the copy are offsets into the original.
namespace trunkline::parse {

inline constexpr int max_depth = 64;

struct scan_result {
  std::string problem;  // why this can never be read, or ""
  bool too_deep = false;
  bool replaced = false;  // \u0000 or half a surrogate pair became \ufffd in the copy
};

// Checks bytes and repairs the copy in place: NUL bytes and bad UTF-8 are problems, as is a nesting
// deeper than max_depth. Numbers beyond a double are blanked ("1e400" becomes "0.000"): the library
// calls them errors.
scan_result scan_json(std::string& bytes);

}  // namespace trunkline::parse
