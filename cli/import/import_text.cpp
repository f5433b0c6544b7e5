// SPDX-License-Identifier: Apache-2.0
#include "cli/import/import_text.hpp"

#include <algorithm>
#include <cstdio>

#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

constexpr std::size_t max_shown = 10;

std::string shown_ids(const rejected_rows& rows) {
  std::string out;
  for (std::size_t i = 0; i < std::min(max_shown, rows.ids.size()); ++i)
    out += (i > 0 ? ", " : "") + rows.ids[i];
  return static_cast<std::size_t>(rows.count) > max_shown ? out + ", ..." : out;
}

}  // namespace

void print_text(const import_report& report) {
  for (const auto& table : report.tables) {
    std::printf(
        "%s: %lld of %lld imported\n", table.table.c_str(), static_cast<long long>(table.imported),
        static_cast<long long>(table.rows)
    );
    for (const auto& [reason, rows] : table.not_imported)
      std::printf(
          "  %lld not imported: %s (id %s)\n", static_cast<long long>(rows.count),
          printable(reason).c_str(), shown_ids(rows).c_str()
      );
  }
  for (const auto& [name, sum] : report.written)
    std::printf(
        report.dry_run ? "would write to %s: up to %lld inserted, %lld updated, %lld deleted\n"
                       : "written to %s: %lld inserted, %lld updated, %lld deleted\n",
        name.c_str(), static_cast<long long>(sum.inserted), static_cast<long long>(sum.updated),
        static_cast<long long>(sum.deleted)
    );
  if (report.written.empty()) std::puts("nothing new");
  if (report.stopped) std::puts("interrupted; run the command again to import the rest");
  if (report.dry_run)
    std::puts(
        "dry run: each batch was rolled back, nothing was changed; a row that several batches "
        "need is counted by each"
    );
}

}  // namespace trunkline::cli
