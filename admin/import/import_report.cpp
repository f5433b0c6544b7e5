// SPDX-License-Identifier: Apache-2.0
#include "admin/import/import_report.hpp"

#include "common/json/json_object.hpp"

namespace trunkline::admin {
namespace {

constexpr std::size_t max_ids = 100;

json_object as_json(const import_table& table) {
  std::vector<json_object> reasons;
  for (const auto& [reason, rows] : table.not_imported)
    reasons.push_back(
        json_object().text("reason", reason).number("count", rows.count).strings("ids", rows.ids)
    );
  return json_object()
      .text("table", table.table)
      .number("rows", table.rows)
      .number("imported", table.imported)
      .list("not_imported", reasons);
}

}  // namespace

void import_table::reject(const std::string& id, const std::string& reason) {
  auto& rejected = not_imported[reason];
  ++rejected.count;
  if (rejected.ids.size() < max_ids) rejected.ids.push_back(id);
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

std::string import_report::progress() const {
  std::string out;
  for (const auto& table : tables)
    out += (out.empty() ? "" : ", ") + table.table + " " + std::to_string(table.done) + " of " +
           std::to_string(table.total) + " rows";
  return out;
}

bool import_report::complete() const {
  if (stopped) return false;
  for (const auto& table : tables)
    if (!table.not_imported.empty()) return false;
  return true;
}

std::string as_json(const import_report& report) {
  std::vector<json_object> tables, written;
  for (const auto& table : report.tables) tables.push_back(as_json(table));
  for (const auto& [name, sum] : report.written)
    written.push_back(json_object()
                          .text("table", name)
                          .number("inserted", sum.inserted)
                          .number("updated", sum.updated)
                          .number("deleted", sum.deleted));
  return json_object()
      .list("tables", tables)
      .list("written", written)
      .boolean("dry_run", report.dry_run)
      .boolean("stopped", report.stopped)
      .str();
}

}  // namespace trunkline::admin
