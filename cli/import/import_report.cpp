// SPDX-License-Identifier: Apache-2.0
#include "cli/import/import_report.hpp"

#include <algorithm>
#include <cstdio>

#include "cli/output.hpp"

namespace trunkline::ctl {
namespace {

constexpr std::size_t most_ids = 100, most_shown = 10;

std::string shown_ids(const refused_rows& rows) {
  std::string out;
  for (std::size_t i = 0; i < std::min(most_shown, rows.ids.size()); ++i)
    out += (i > 0 ? ", " : "") + rows.ids[i];
  return static_cast<std::size_t>(rows.count) > most_shown ? out + ", ..." : out;
}

json_object as_json(const import_table& table) {
  std::vector<json_object> reasons;
  for (const auto& [reason, rows] : table.not_taken)
    reasons.push_back(
        json_object().text("reason", reason).number("count", rows.count).strings("ids", rows.ids)
    );
  return json_object()
      .text("table", table.table)
      .number("rows", table.rows)
      .number("taken", table.taken)
      .list("not_taken", reasons);
}

}  // namespace

void import_table::refuse(const std::string& id, const std::string& reason) {
  auto& refused = not_taken[reason];
  ++refused.count;
  if (refused.ids.size() < most_ids) refused.ids.push_back(id);
}

void import_report::add(const std::vector<store::row_counts>& more) {
  for (const auto& each : more) {
    auto& sum = written[each.table];
    sum.table = each.table;
    sum.inserted += each.inserted;
    sum.updated += each.updated;
    sum.deleted += each.deleted;
  }
}

std::string import_report::how_far() const {
  std::string out;
  for (const auto& table : tables)
    out += (out.empty() ? "" : ", ") + table.table + " " + std::to_string(table.done) + " of " +
           std::to_string(table.there) + " rows";
  return out;
}

bool import_report::complete() const {
  if (stopped) return false;
  for (const auto& table : tables)
    if (!table.not_taken.empty()) return false;
  return true;
}

void print_text(const import_report& report) {
  for (const auto& table : report.tables) {
    std::printf(
        "%s: %lld of %lld taken\n", table.table.c_str(), static_cast<long long>(table.taken),
        static_cast<long long>(table.rows)
    );
    for (const auto& [reason, rows] : table.not_taken)
      std::printf(
          "  %lld not taken: %s (id %s)\n", static_cast<long long>(rows.count),
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
  if (report.stopped) std::puts("stopped as asked: run it again for the rest");
  if (report.dry_run)
    std::puts(
        "dry run: each batch was rolled back, nothing was changed; \"up to\", since a row that "
        "several batches need is counted with each"
    );
}

void print_json(const import_report& report) {
  std::vector<json_object> tables, written;
  for (const auto& table : report.tables) tables.push_back(as_json(table));
  for (const auto& [name, sum] : report.written)
    written.push_back(json_object()
                          .text("table", name)
                          .number("inserted", sum.inserted)
                          .number("updated", sum.updated)
                          .number("deleted", sum.deleted));
  std::puts(json_object()
                .list("tables", tables)
                .list("written", written)
                .boolean("dry_run", report.dry_run)
                .boolean("stopped", report.stopped)
                .str()
                .c_str());
}

}  // namespace trunkline::ctl
