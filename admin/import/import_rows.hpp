// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "admin/database.hpp"
#include "admin/import/import_report.hpp"
#include "admin/import/import_source.hpp"
#include "admin/import/old_rows.hpp"
#include "store/merge/import.hpp"

// A page of old rows into our tables.
namespace trunkline::admin {

// An old row, ready to be joined.
struct loaded_row {
  std::string id;
  store::import_batch what;
};
// What the rows of one source share.
struct import_context {
  phone_lines ours;
  // Of the ids that are made of row ids: "import-", or "import-LABEL-" for one of several sources.
  std::string prefix;
};
// Those of the page that can be taken; the others are refused in the table. Lines are added to
// the context.
std::vector<loaded_row>
load_rows(const import_step&, const std::vector<database_row>& page, import_context&, import_table&);
// All in one transaction; where the database refuses a value, the row that has it is found by
// halving and refused alone. Returns an error where no row is to blame.
std::optional<store::store_error>
join_rows(store::importer&, const std::vector<loaded_row>&, import_table&, import_report&);

}  // namespace trunkline::admin
