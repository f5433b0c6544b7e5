// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "store/merge/write_counts.hpp"

// The progress and the result of an import.
namespace trunkline::admin {

struct rejected_rows {
  std::int64_t count = 0;
  // The first 100.
  std::vector<std::string> ids;
};
struct import_table {
  std::string table;
  std::int64_t rows = 0, imported = 0;
  // Rows counted before reading, and rows of completed pages.
  std::int64_t total = 0, done = 0;
  // By reason.
  std::map<std::string, rejected_rows> not_imported;

  void reject(const std::string& id, const std::string& reason);
};
struct import_report {
  std::vector<import_table> tables;
  // By table of Trunkline.
  std::map<std::string, store::row_counts> written;
  bool dry_run = false, stopped = false;

  void add(const std::vector<store::row_counts>&);
  // Returns true if every row was imported.
  bool complete() const;
  // Returns "activity 400 of 451 rows, ...", or an empty string before the first table.
  std::string progress() const;
};

// Returns docs/json/import.json.
std::string as_json(const import_report&);

}  // namespace trunkline::admin
