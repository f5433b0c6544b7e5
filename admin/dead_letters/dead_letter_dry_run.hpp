// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "admin/database.hpp"
#include "common/json/json_object.hpp"
#include "store/merge/dry_run.hpp"

// Applies dead letters with the worker's own code in transactions that are rolled back, and returns
// the changes they would make.
namespace trunkline::admin {

struct dry_run_summary {
  std::size_t applied = 0, tried = 0;     // applied: without a failure
  std::size_t selected = 0, skipped = 0;  // skipped: above the limit
  bool more = false;                      // more match than were selected
  std::optional<database_failure> failure;
};
using dry_run_observer = std::function<void(std::int64_t id, const store::dry_run_result&)>;

// Tries the first `limit` rows. Each holds the locks of a batch for some milliseconds.
dry_run_summary
dry_run_dead_letters(const std::string& conninfo, const std::vector<std::int64_t>& ids, std::size_t limit, const dry_run_observer&);

// Returns "insert", "update" or "delete".
std::string kind_of(const store::row_change&);
// Returns a column's value for output. Message texts, and links that open without a login, are
// replaced by their length.
std::string shown_value(const std::string& column, const std::optional<std::string>& value);
// Returns what would become of the event: "would be processed".
std::string verdict_of(const store::dry_run_result&);

json_object as_json(std::int64_t id, const store::dry_run_result&);
json_object as_json(const dry_run_summary&, const std::vector<json_object>& results);

}  // namespace trunkline::admin
