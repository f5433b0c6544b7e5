// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

// One pass over the bytes before the tree is built. It rejects what must not reach the JSON
// library, and rewrites valid JSON that the library would reject. A rewrite keeps the length, so
// that offsets into the copy are offsets into the original.
namespace trunkline::parse {

struct scan_result {
  // Why the bytes were rejected, or "".
  std::string problem;
  bool too_deep = false;
  // True if a \u0000 or half of a surrogate pair became \ufffd in the copy.
  bool replaced = false;
};

// Checks bytes and rewrites them in place. NUL bytes, invalid UTF-8 and more than max_json_depth
// levels (json_limits.hpp) are problems. A number that exceeds a double is replaced by zeros
// ("1e400" becomes "0.000"), because the library calls it an error; json_document takes its digits
// from the original.
scan_result scan_json(std::string& bytes);

}  // namespace trunkline::parse
