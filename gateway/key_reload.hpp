// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "common/log/log.hpp"
#include "common/signature/key_sources.hpp"

namespace trunkline::gateway {

using shared_keys = std::shared_ptr<const signature::key_ring>;

// One line a key: scheme, index, fingerprint; and a warning if others may read the file.
void log_keys(const signature::loaded_keys&, const signature::key_sources&, const logger&);

}  // namespace trunkline::gateway
