// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "admin/database.hpp"
#include "cli/send/sample_events.hpp"

// Rows that `trunkline send` creates: unused ids and numbers for them, and their removal.
namespace trunkline::cli {

using namespace admin;

// Returns a new prefix and three different fictitious numbers, 555-0100 to 555-0199.
test_ids make_test_ids();
struct number_choice {
  std::optional<database_failure> failure;
  bool exhausted = false;  // fewer than three fictitious numbers are unused
};
// Replaces the numbers with ones that no row of contacts or own_numbers has, so that removing them
// deletes no other data.
number_choice choose_unused_numbers(database&, test_ids&);

struct created_rows {
  std::vector<std::string> activity_ids;
  std::vector<std::string> event_keys;  // in hexadecimal digits
};
// Removes the rows in one transaction, under the structure lock.
std::optional<database_failure> remove_rows(database&, const test_ids&, const created_rows&);

}  // namespace trunkline::cli
