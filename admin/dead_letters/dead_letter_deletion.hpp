// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "admin/database.hpp"

namespace trunkline::admin {

// Permanently deletes dead letters and records who deleted which, when and why: tables
// dead_deletions and dead_deleted_events.
class dead_letter_deletion {
 public:
  struct origin {
    std::string actor, selection, reason;
  };
  dead_letter_deletion(database& db, origin from) : db_(db), origin_(std::move(from)) {}

  // Deletes the rows of the array that are still dead, with their copies. Returns the ids. The
  // first call creates the record.
  query_result remove(const std::string& id_array);

  std::optional<std::int64_t> record() const { return record_; }  // id in dead_deletions
  std::int64_t copies() const { return copies_; }                 // deleted so far

 private:
  database& db_;
  origin origin_;
  std::optional<std::int64_t> record_;
  std::int64_t copies_ = 0;
};

}  // namespace trunkline::admin
