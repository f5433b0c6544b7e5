// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/signature/signature.hpp"

// The signing keys that a program was given, by flag, environment and file.
namespace trunkline::signature {

// All of them together make the ring, texts first.
struct key_sources {
  std::string option;              // what texts belong to in problems: "--signing-key"
  std::vector<std::string> texts;  // of the flag or its variables; each may hold several lines
  std::string file;                // one key a line, or empty
};

struct loaded_keys {
  key_ring ring;
  std::vector<std::string> texts;  // by key index; to explain a refusal with, never to be printed
  // Which key of which source, and why; never a key. With any of them the ring is not to be used.
  std::vector<std::string> problems;
  bool file_is_public = false;  // others may read the file
};
// Reads the file anew each time. No key at all is a problem.
loaded_keys load_keys(const key_sources&);

// The same for configuration checks, each problem once: lines, or empty.
std::string check_key_texts(const key_sources&);
std::string check_key_file(const key_sources&);  // here it is also told that there is no key at all

}  // namespace trunkline::signature
