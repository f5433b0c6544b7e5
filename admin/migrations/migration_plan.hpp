// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/sql.hpp"

// Compares the compiled-in migrations with the table schema_migrations. Pure functions.
namespace trunkline::admin {

struct migration {
  int version = 0;
  // File name without ".sql": "0001_initial".
  std::string name;
  // SHA-256 of the text, in hexadecimal.
  std::string checksum;
  std::string_view text;
  // Workers of this schema version or a later one continue to run after the migration. Set by a
  // line
  // "-- compatible-from: N" of the text; by default the version itself.
  int compatible_from = 0;
};

// Returns the migrations in order of version. Throws std::logic_error if a name is not NNNN_name or
// a version is duplicate, which is a programming error.
std::vector<migration> known_migrations(std::span<const sql::statement> files);

struct applied_migration {
  int version = 0;
  std::string name, checksum;
  // As PostgreSQL prints it.
  std::string applied_at;
};

struct migration_plan {
  // Migrations to apply, in order; pointers into known.
  std::vector<const migration*> pending;
  // Why no migration may be applied, or empty.
  std::string problem;
};
migration_plan plan_migrations(
    const std::vector<migration>& known, const std::vector<applied_migration>& applied
);

}  // namespace trunkline::admin
