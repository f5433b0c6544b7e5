// SPDX-License-Identifier: Apache-2.0
#include "admin/dead_letters/dead_letter_deletion.hpp"

#include "admin/control/structure_lock.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {

query_result dead_letter_deletion::remove(const std::string& id_array) {
  if (!record_) {
    auto record = db_.query(
        sql::query("admin/insert_dead_deletion"), {origin_.actor, origin_.selection, origin_.reason}
    );
    if (!record.ok()) return record;
    record_ = std::stoll(record.rows[0][0].value_or("0"));
  }
  // Without the lock a worker's batch that has just read an event could record a copy of it after
  // the event is deleted.
  auto result = db_.transaction(
      {{structure_lock_sql()},
       {std::string(sql::query("admin/delete_dead_letters")), {id_array, std::to_string(*record_)}}}
  );
  if (result.ok() && !result.rows.empty()) copies_ += std::stoll(result.rows[0][1].value_or("0"));
  return result;
}

}  // namespace trunkline::admin
