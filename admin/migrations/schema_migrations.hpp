// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "admin/database.hpp"
#include "admin/migrations/migration_plan.hpp"

// Reads and writes the table schema_migrations.
namespace trunkline::admin {

// Waits for any other migration. The session holds the lock until it ends.
std::optional<database_failure> lock_migrations(database&);
std::optional<database_failure> create_migrations_table(database&);

struct applied_migrations {
  std::vector<applied_migration> list;
  std::optional<database_failure> failure;
};
applied_migrations read_migrations(database&);

// Applies and records the migration in one transaction.
std::optional<database_failure> apply_migration(database&, const migration&);

}  // namespace trunkline::admin
