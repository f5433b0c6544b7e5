// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "store/pg/session.hpp"

namespace trunkline::store {

// Written rows of a table, all of them.
struct row_counts {
  std::string table;
  std::int64_t inserted = 0, updated = 0, deleted = 0;
};
using written_rows = std::map<std::string, row_counts>;

// What the session has written so far, rolled back rows included: look before and after.
written_rows count_written(session&);
std::vector<row_counts> written_between(const written_rows& before, const written_rows& after);

}  // namespace trunkline::store
