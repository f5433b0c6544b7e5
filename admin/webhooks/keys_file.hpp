// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "openphone/models.hpp"

// The gateway's file of signing keys.
namespace trunkline::admin {

// Returns the key as the gateway accepts it: whsec_... unchanged, a key of v1 as legacy:BASE64.
std::string key_line(openphone::generation, const std::string& key);

// Checks that a key can be added, before one is created that the provider returns only once.
// Returns an error, or an empty string.
std::string check_keys_file(const std::string& path);

// Adds the key with a comment above it, unless the file contains it. Waits up to five seconds for
// another program that is adding a key. Replaces the file atomically, synced to disk, with the same
// owner and mode; a new file has mode 0600. Returns an error, or an empty string.
std::string append_key(
    const std::string& path, const std::string& key_line, const std::string& comment
);

}  // namespace trunkline::admin
