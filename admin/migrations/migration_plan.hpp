// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/sql.hpp"

// Which migrations a database still needs: a pure comparison of what is compiled in with what
// schema_migrations says.
namespace trunkline::admin {

struct migration {
  int version = 0;
  std::string name;      // file name without ".sql": "0001_initial"
  std::string checksum;  // SHA-256 of the text, hex
  std::string_view text;
  // Workers that know the schema of this version or a later one go on after it was applied. From a
  // line "-- compatible-from: N" of the text; without one, only workers that know this very
  // version.
  int compatible_from = 0;
};

// From file names NNNN_name; in order of version. Throws std::logic_error on a name of another form
// or a version that comes twice: a mistake of ours, found by any run.
std::vector<migration> known_migrations(std::span<const sql::statement> files);

struct applied_migration {
  int version = 0;
  std::string name, checksum;
  std::string applied_at;  // as Postgres prints it
};

struct migration_plan {
  std::vector<const migration*> pending;  // to apply, in order; into known
  std::string problem;                    // why nothing may be applied; empty when all is well
};
migration_plan plan_migrations(
    const std::vector<migration>& known, const std::vector<applied_migration>& applied
);

}  // namespace trunkline::admin
