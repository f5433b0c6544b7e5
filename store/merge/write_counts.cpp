// SPDX-License-Identifier: Apache-2.0
#include "store/merge/write_counts.hpp"

namespace trunkline::store {

written_rows count_written(session& db) {
  written_rows out;
  const auto found = db.run("dry_run_counts");
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string table(found.text(i, 0));
    out[table] = {table, found.number(i, 1), found.number(i, 2), found.number(i, 3)};
  }
  return out;
}

std::vector<row_counts> written_between(const written_rows& before, const written_rows& after) {
  std::vector<row_counts> out;
  for (auto [table, sum] : after) {
    if (const auto was = before.find(table); was != before.end()) {
      sum.inserted -= was->second.inserted;
      sum.updated -= was->second.updated;
      sum.deleted -= was->second.deleted;
    }
    if (sum.inserted + sum.updated + sum.deleted > 0) out.push_back(std::move(sum));
  }
  return out;
}

}  // namespace trunkline::store
