// SPDX-License-Identifier: Apache-2.0
#include "worker/process/connection_settings.hpp"

#include <algorithm>

namespace trunkline::worker {

redis::connection_options redis_settings(
    const worker_options& options, const std::string& client_name
) {
  redis::connection_options out;
  redis::parse_url(options.common.redis, out.where);
  out.client_name = client_name;
  out.connect_timeout = std::min(out.connect_timeout, options.redis_timeout);
  return out;
}

store::store_options store_settings(const worker_options& options) {
  store::store_options out;
  out.conninfo = options.common.postgres;
  out.lock_timeout = options.postgres_lock_timeout;
  out.statement_timeout = options.postgres_statement_timeout;
  out.idle_timeout = options.postgres_idle_timeout;
  out.own_numbers = options.own_numbers;
  return out;
}

}  // namespace trunkline::worker
