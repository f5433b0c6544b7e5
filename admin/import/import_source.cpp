// SPDX-License-Identifier: Apache-2.0
#include "admin/import/import_source.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

using rows_of = import_step::rows_of;
using columns_of = std::map<std::string, std::set<std::string, std::less<>>, std::less<>>;

constexpr const char* page_size = "200";

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& each : list) out += (out.empty() ? "" : ", ") + each;
  return out;
}

std::vector<std::string> missing_in(const import_step& step, const columns_of& there) {
  const auto table = there.find(step.table);
  if (table == there.end()) {
    if (step.optional) return {};
    return {"table " + std::string(step.table)};
  }
  std::vector<std::string> out;
  for (const auto column : step.columns)
    if (!table->second.contains(column))
      out.push_back("column " + std::string(step.table) + "." + std::string(column));
  return out;
}

}  // namespace

const std::vector<import_step>& import_steps() {
  static const std::vector<import_step> steps{
      {rows_of::own_numbers, "phone_number", {"id", "phone_number"}, true},
      {rows_of::events, "webhook_event", {"id", "payload", "created_at"}, false},
      {rows_of::activities,
       "activity",
       {"id", "openphone_id", "activity_type", "conversation_id", "contact_id", "direction",
        "status", "from_number", "to_numbers", "body", "created_at"},
       false},
      {rows_of::conversations, "conversation", {"id", "openphone_id"}, false},
      {rows_of::contacts, "contact", {"id", "phone", "first_name", "last_name"}, false}};
  return steps;
}

std::variant<std::vector<import_step>, import_problem, database_failure> steps_of(database& source
) {
  const auto result = source.query(std::string(sql::query("admin/import/list_columns")));
  if (!result.ok()) return *result.failure;
  columns_of there;
  std::set<std::string> views;
  for (const auto& row : result.rows) {
    there[row[0].value_or("")].insert(row[1].value_or(""));
    if (row[2] == "v") views.insert(row[0].value_or(""));
  }
  if (!views.empty())
    return import_problem{
        *views.begin() +
        " is a view in the source, not a table of the old service; is it a view of "
        "schema/compat.sql?"};
  std::vector<std::string> missing;
  std::vector<import_step> steps;
  for (const auto& step : import_steps()) {
    const auto lacks = missing_in(step, there);
    missing.insert(missing.end(), lacks.begin(), lacks.end());
    if (there.contains(step.table)) steps.push_back(step);
  }
  if (missing.empty()) return steps;
  return import_problem{
      "the source has no " + joined(missing) +
      ", or the role may not read it (for a schema other than public add "
      "?options=-csearch_path%3DNAME to the URL)"};
}

query_result import_page(database& source, const import_step& step, const std::string& after) {
  return source.query(
      std::string(sql::query("admin/import/page_of_" + std::string(step.table))), {after, page_size}
  );
}

query_result import_count(database& source, const import_step& step) {
  return source.query(sql::compose("admin/import/count_rows", {{"table", step.table}}));
}

}  // namespace trunkline::admin
