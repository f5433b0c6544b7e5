// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/signature/signature.hpp"

// The signing keys of a program from the command line, the environment and a file.
namespace trunkline::signature {

// All sources together form the key ring, texts first.
struct key_sources {
  // The name of the option of texts in problems: "--signing-key".
  std::string option;
  // Values of the option or its variables; each may have several lines.
  std::vector<std::string> texts;
  // A file with one key per line, or empty.
  std::string file;
};

struct loaded_keys {
  key_ring ring;
  // By key index; used to explain a rejection, never printed.
  std::vector<std::string> texts;
  // Key, source and reason of each invalid key, without the key. The ring must not be used if there
  // is a problem.
  std::vector<std::string> problems;
  // Other users may read the file.
  bool file_is_public = false;
};
// Reads the file at each call. It is a problem if there is no key at all.
loaded_keys load_keys(const key_sources&);

// Check the sources for the configuration. Return the problems, one per line, or an empty string.
// check_key_file() also reports that there is no key at all.
std::string check_key_texts(const key_sources&);
std::string check_key_file(const key_sources&);

}  // namespace trunkline::signature
