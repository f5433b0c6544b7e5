// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/events/event_store.hpp"
#include "store/merge/write_counts.hpp"

// Applies a dead letter with the code of the worker in a transaction that is always rolled back,
// and returns the changes. Used by `trunkline dead replay --dry-run`.
namespace trunkline::store {

struct column_change {
  std::string column;
  // No value if the column is null or the row does not exist.
  std::optional<std::string> before, after;
};
struct row_change {
  enum class kind { inserted, updated, deleted };
  kind type = kind::updated;
  std::string table, key;
  std::vector<column_change> columns;
};
struct dry_run_result {
  // The state that the event would get: processed, ignored or dead.
  std::string state;
  // Why it would be dead.
  std::string reason;
  // Set if applying would fail and be retried. Then nothing else is set.
  std::optional<store_error> failed;
  std::vector<row_change> changes;
  // Includes rows that changes does not name, such as activities that move to another conversation.
  std::vector<row_counts> counts;
};

class dry_run {
 public:
  explicit dry_run(std::string conninfo);
  ~dry_run();

  // Returns no value if the row does not exist or is not dead, and an error if PostgreSQL is
  // unreachable or has another schema version.
  result<std::optional<dry_run_result>> run(std::int64_t id);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace trunkline::store
