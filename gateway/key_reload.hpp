// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "common/log/log.hpp"
#include "common/signature/key_sources.hpp"

namespace trunkline::gateway {

using shared_keys = std::shared_ptr<const signature::key_ring>;

// Loads and logs the signing keys at start. Throws std::runtime_error with the first problem.
shared_keys load_keys_at_start(const signature::key_sources&, const logger&);

// Loads and logs the signing keys again. Logs every problem and returns null if there is one: the
// current keys then stay in use.
shared_keys reload_keys(const signature::key_sources&, const logger&);

// Logs scheme, index and fingerprint of each key, and a warning if other users may read the file.
void log_keys(const signature::loaded_keys&, const signature::key_sources&, const logger&);

}  // namespace trunkline::gateway
