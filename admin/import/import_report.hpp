// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "store/merge/write_counts.hpp"

// What an import tells: how far it is, and at its end what was taken and what was not.
namespace trunkline::admin {

struct refused_rows {
  std::int64_t count = 0;
  std::vector<std::string> ids;  // the first hundred
};
struct import_table {
  std::string table;
  std::int64_t rows = 0, taken = 0;
  std::int64_t there = 0, done = 0;               // counted before reading; of whole pages
  std::map<std::string, refused_rows> not_taken;  // by reason

  void refuse(const std::string& id, const std::string& reason);
};
struct import_report {
  std::vector<import_table> tables;
  std::map<std::string, store::row_counts> written;  // our tables
  bool dry_run = false, stopped = false;

  void add(const std::vector<store::row_counts>&);
  bool complete() const;  // nothing was left out
  // "activity 400 of 451 rows, ..."; "" before the first table.
  std::string how_far() const;
};

std::string as_json(const import_report&);

}  // namespace trunkline::admin
