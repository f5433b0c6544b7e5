// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "store/pg/session.hpp"

namespace trunkline::store {

// The rows of a table that were inserted, updated and deleted.
struct row_counts {
  std::string table;
  std::int64_t inserted = 0, updated = 0, deleted = 0;
};
using written_rows = std::map<std::string, row_counts>;

// Returns the counts of the session so far, including rows that were rolled back. Take the
// difference of a count before and one after.
written_rows count_written(session&);
std::vector<row_counts> written_between(const written_rows& before, const written_rows& after);

}  // namespace trunkline::store
