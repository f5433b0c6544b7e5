// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "admin/import/import_report.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {

void print_text(const import_report&);

// Progress on stderr: a bar on a terminal, otherwise one line every two seconds.
class import_progress {
 public:
  explicit import_progress(bool wanted);
  void start(std::string table, std::int64_t all);
  void show(std::int64_t done);
  // Removes the bar.
  void finish();

 private:
  bool wanted_, terminal_;
  std::string table_;
  std::int64_t all_ = 0;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace trunkline::cli
