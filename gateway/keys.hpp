// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "common/base/log.hpp"
#include "common/signature/signature.hpp"

namespace trunkline::gateway {

using shared_keys = std::shared_ptr<const signature::key_ring>;

// Where keys come from; all of them together make the ring, flags first.
struct key_sources {
  std::vector<std::string> texts;  // --signing-key and its variables; each may hold several lines
  std::string file;                // --signing-keys-file, or empty
};

struct loaded_keys {
  shared_keys ring;                   // null if there are problems
  std::vector<std::string> problems;  // which key of which source, and why; never a key
  bool file_is_public = false;        // others may read the file
};
// Reads the file anew each time. A ring without any key is a problem.
loaded_keys load_keys(const key_sources&);
// The two parts of it, for configuration checks: problems as one line, or empty.
std::string check_key_texts(const std::vector<std::string>& texts);
std::string check_key_file(const std::string& file);

// One line a key: scheme, index, fingerprint.
void log_keys(const signature::key_ring&, const logger&);

}  // namespace trunkline::gateway
