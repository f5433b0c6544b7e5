// SPDX-License-Identifier: Apache-2.0
#include "admin/redis.hpp"

namespace trunkline::admin {

redis::client open_redis(
    const config::common_options& options, const redis::endpoint& where, const std::string& command,
    std::chrono::milliseconds budget
) {
  auto quiet = options;
  if (quiet.log_level != "debug") quiet.log_level = "error";
  return redis::client(
      {.where = where, .client_name = "trunkline-" + command, .connect_timeout = budget},
      config::make_logger(command, quiet)
  );
}

std::string describe(const redis::client::result& result, const redis::endpoint& where) {
  if (result.why == redis::failure::none) return "Redis reported an error: " + result.error();
  return "Redis is unreachable: " + where.describe() + ": " + result.error();
}

}  // namespace trunkline::admin
