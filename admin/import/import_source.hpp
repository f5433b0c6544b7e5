// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "admin/database.hpp"

// Reads the old service's database, over a read-only connection.
namespace trunkline::admin {

struct import_step {
  enum class rows_of {
    own_numbers,
    events,
    activities,
    conversations,
    contacts
  } rows = rows_of::own_numbers;
  std::string_view table;
  // Required columns.
  std::vector<std::string_view> columns;
  // The table may be missing.
  bool optional = false;
};
// Returns the steps in their order: own numbers first, because they identify the contacts of other
// rows; then events, and the rows that were computed from events.
const std::vector<import_step>& import_steps();

struct import_problem {
  std::string message;
};
// Returns the steps whose tables exist, or why the source cannot be imported.
std::variant<std::vector<import_step>, import_problem, database_failure> steps_of(database& source);

// Less than every id.
inline constexpr const char* before_all_ids = "-9223372036854775808";
query_result import_page(database& source, const import_step&, const std::string& after);
// Returns the number of rows, and of rows without an id or with a duplicate one, which the pages
// would skip.
query_result import_count(database& source, const import_step&);

}  // namespace trunkline::admin
