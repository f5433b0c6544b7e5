// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "cli/output.hpp"
#include "openphone/shapes.hpp"

// A key that the provider tells once: shown, and put where the gateway reads it.
namespace trunkline::cli {

struct kept_key {
  std::string line;     // as the gateway takes it
  std::string file;     // where it was added; empty: nowhere
  std::string problem;  // why it was not added, though it was to be
};
// Without a file, and with a terminal to ask at, it offers to add it. Show the key first: whatever
// becomes of the answer, it is not lost then.
kept_key keep_key(const openphone::webhook&, const std::string& file, bool may_ask);

// What to do next, on stderr.
void say_reload(const kept_key&);

}  // namespace trunkline::cli
