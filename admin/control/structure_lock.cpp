// SPDX-License-Identifier: Apache-2.0
#include "admin/control/structure_lock.hpp"

#include "schema/sql.hpp"

namespace trunkline::admin {

std::string structure_lock_sql() {
  return std::string(sql::query("structure_lock_exclusive"));
}

}  // namespace trunkline::admin
