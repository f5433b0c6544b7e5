// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "admin/database.hpp"

// The old service's database: which tables, in which order, and what of them is read. Only SELECTs,
// over a connection that is read-only.
namespace trunkline::admin {

struct import_step {
  enum class sort { lines, events, activities, conversations, contacts } what = sort::lines;
  std::string_view table;
  std::vector<std::string_view> columns;  // without these nothing can be taken
  std::string_view page_sql;  // rows after id $1, at most $2; the first column is the id
  bool optional = false;      // the table may be missing
};
// Lines first, since they tell who is who; then what has bytes; then what was computed from it.
const std::vector<import_step>& import_steps();

struct import_problem {
  std::string message;  // of the source as it is
};
// The steps that this source has.
std::variant<std::vector<import_step>, import_problem, database_failure> steps_of(database& source);

// What is less than every id.
inline constexpr const char* before_all_ids = "-9223372036854775808";
query_result import_page(database& source, const import_step&, const std::string& after);
// Rows in all, and how many of them have no id or that of another: these would be passed over.
query_result import_count(database& source, const import_step&);

}  // namespace trunkline::admin
