// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "admin/database.hpp"
#include "cli/send/sample_events.hpp"

// The rows of one test run: names that nobody else uses, and their removal.
namespace trunkline::cli {

// A new prefix, and three different fictitious numbers (555-0100 to 555-0199).
run_names make_names();
// Replaces the numbers by ones that no row of contacts or own_numbers has, so that removing them
// takes nothing from anybody. A failure if the database is away or all numbers are taken.
std::optional<database_failure> choose_unused_numbers(database&, run_names&);

struct removal {
  std::vector<std::string> activity_ids;
  std::vector<std::string> event_keys;  // hex
};
// In one transaction, under the lock of the worker's restructuring batches.
std::optional<database_failure> remove_rows(database&, const run_names&, const removal&);

}  // namespace trunkline::cli
