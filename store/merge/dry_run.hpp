// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/events/event_store.hpp"
#include "store/merge/write_counts.hpp"

// What a dead letter would do if it were applied now: by the worker's own code, in a transaction
// that is always rolled back. For `trunkline dead replay --dry-run`.
namespace trunkline::store {

struct column_change {
  std::string column;
  std::optional<std::string> before, after;  // no value: null, or no such row
};
struct row_change {
  enum class sort { inserted, updated, deleted } what = sort::updated;
  std::string table, key;
  std::vector<column_change> columns;
};
struct dry_run_result {
  std::string state;                  // processed, ignored or dead: what it would become
  std::string reason;                 // of dead
  std::optional<store_error> failed;  // it would fail (and be tried again); nothing else is set
  std::vector<row_change> changes;
  std::vector<row_counts> counts;  // more than the changes name where other rows are moved as well
};

class dry_run {
 public:
  explicit dry_run(std::string conninfo);
  ~dry_run();

  // No value: the row is not there, or not dead. An error: Postgres is away, or of
  // another schema.
  result<std::optional<dry_run_result>> run(std::int64_t id);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::store
