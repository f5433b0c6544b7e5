// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "cli/output.hpp"
#include "admin/import/import_report.hpp"

namespace trunkline::cli {

void print_text(const import_report&);

// On stderr: a bar on a terminal, else a line every two seconds.
class import_progress {
 public:
  explicit import_progress(bool wanted);
  void start(std::string table, std::int64_t all);
  void tell(std::int64_t done);
  void finish();  // the bar leaves its line

 private:
  bool wanted_, terminal_;
  std::string table_;
  std::int64_t all_ = 0;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace trunkline::cli
