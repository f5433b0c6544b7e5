// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>

#include "common/redis/connection.hpp"

namespace trunkline::redis {

// Returns whether one more command of the given size may be sent while commands and bytes are in
// flight. This limit bounds the memory of a connection to a slow Redis.
inline bool fits_in_flight(
    const connection_options& options, std::size_t commands, std::size_t bytes, std::size_t size
) {
  return commands < options.max_unanswered &&
         size <= options.max_unanswered_bytes - std::min(bytes, options.max_unanswered_bytes);
}

}  // namespace trunkline::redis
