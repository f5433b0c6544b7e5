// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/redis/connection.hpp"
#include "store/events/event_store.hpp"
#include "worker/process/options.hpp"

namespace trunkline::worker {

// Return the connection settings for Redis and for PostgreSQL. The Redis URL is valid: it was
// checked with the options.
redis::connection_options redis_settings(const worker_options&, const std::string& client_name);
store::store_options store_settings(const worker_options&);

}  // namespace trunkline::worker
