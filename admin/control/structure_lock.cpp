// SPDX-License-Identifier: Apache-2.0
#include "admin/control/structure_lock.hpp"

#include <stdexcept>

#include "schema/sql.hpp"

namespace trunkline::admin {

std::string structure_lock_sql() {
  for (const auto& query : sql::queries()) {
    if (query.name == "structure_lock_exclusive") return std::string(query.text);
  }
  throw std::logic_error("no query structure_lock_exclusive");
}

}  // namespace trunkline::admin
