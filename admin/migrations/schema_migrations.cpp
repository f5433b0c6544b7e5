// SPDX-License-Identifier: Apache-2.0
#include "admin/migrations/schema_migrations.hpp"

namespace trunkline::admin {

std::optional<database_failure> lock_migrations(database& db) {
  return db.query(std::string(sql::query("admin/migrations/lock"))).failure;
}

std::optional<database_failure> create_migrations_table(database& db) {
  return db.query(std::string(sql::query("admin/migrations/create_table"))).failure;
}

applied_migrations read_migrations(database& db) {
  auto result = db.query(std::string(sql::query("admin/migrations/list_applied")));
  applied_migrations out;
  out.failure = std::move(result.failure);
  for (const auto& row : result.rows)
    out.list.push_back(
        {std::stoi(row[0].value_or("0")), row[1].value_or(""), row[2].value_or(""),
         row[3].value_or("")}
    );
  return out;
}

std::optional<database_failure> apply_migration(database& db, const migration& what) {
  return db
      .transaction(
          {{std::string(what.text)},
           {std::string(sql::query("admin/migrations/record")),
            {std::to_string(what.version), what.name, what.checksum,
             std::to_string(what.compatible_from)}}}
      )
      .failure;
}

}  // namespace trunkline::admin
