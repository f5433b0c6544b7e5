// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "openphone/shapes.hpp"

// The gateway's file of signing keys, as a place to add to.
namespace trunkline::admin {

// As the gateway takes it: whsec_... as it is, legacy:BASE64 of v1.
std::string key_line(openphone::generation, const std::string& key);

// Whether a key could be added: asked before a key is made that is told only once. A problem, or
// empty.
std::string check_keys_file(const std::string& path);

// Adds one line with a comment over it; a key that is there already stays alone. The file is
// replaced as a whole, with its mode and owner (a new one: 0600), and on disk before it is seen.
// A problem, or empty.
std::string append_key(
    const std::string& path, const std::string& key_line, const std::string& comment
);

}  // namespace trunkline::admin
