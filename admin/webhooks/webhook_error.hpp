// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <variant>

#include "admin/database.hpp"
#include "openphone/api.hpp"

namespace trunkline::admin {

struct redis_unreachable {
  std::string message;
};

// The failure of an operation that uses the provider, PostgreSQL and Redis.
using webhook_error = std::variant<openphone::failure, database_failure, redis_unreachable>;

}  // namespace trunkline::admin
