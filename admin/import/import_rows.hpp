// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "admin/database.hpp"
#include "admin/import/import_report.hpp"
#include "admin/import/import_source.hpp"
#include "admin/import/legacy_rows.hpp"
#include "store/merge/import.hpp"

// Imports a page of old rows.
namespace trunkline::admin {

// A converted row, ready to be merged.
struct loaded_row {
  std::string id;
  store::import_batch batch;
};
// State shared by all rows of one source.
struct import_context {
  own_numbers known;
  // Prefix of ids made from row ids: "import-", or "import-LABEL-" for one of several sources.
  std::string prefix;
};
// Converts the rows of the page; the table counts those that cannot be imported. Adds own numbers
// to the context.
std::vector<loaded_row>
load_rows(const import_step&, const std::vector<database_row>& page, import_context&, import_table&);
// Merges all rows in one transaction. If the database rejects a value, bisection finds the row, and
// only that row is rejected. Returns an error that no row causes.
std::optional<store::store_error>
merge_rows(store::importer&, const std::vector<loaded_row>&, import_table&, import_report&);

}  // namespace trunkline::admin
