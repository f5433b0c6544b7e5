// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <iterator>
#include <span>
#include <string_view>

// The SQL of this repository, compiled in: schema/migrations/NNNN_name.sql and
// schema/queries/name.sql.
namespace trunkline::sql {

struct statement {
  std::string_view name;  // file name without ".sql"
  std::string_view text;  // whole file
};

// Sorted by name; valid for the life of the program.
std::span<const statement> migrations();
std::span<const statement> queries();

}  // namespace trunkline::sql
