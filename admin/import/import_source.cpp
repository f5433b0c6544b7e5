// SPDX-License-Identifier: Apache-2.0
#include "admin/import/import_source.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace trunkline::admin {
namespace {

using sort = import_step::sort;
using columns_of = std::map<std::string, std::set<std::string, std::less<>>, std::less<>>;

constexpr const char* page_size = "200";

// What the search path finds, and the role may read.
constexpr const char* columns_sql =
    "select c.relname, a.attname, c.relkind::text from pg_class c join pg_attribute a "
    "on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
    "where pg_table_is_visible(c.oid) and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname in "
    "('phone_number', 'webhook_event', 'activity', 'conversation', 'contact') "
    "and has_column_privilege(c.oid, a.attnum, 'select')";

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
      {sort::lines,
       "phone_number",
       {"id", "phone_number"},
       "select id, phone_number from phone_number where id > $1::bigint order by id "
       "limit $2::bigint",
       true},
      {sort::events,
       "webhook_event",
       {"id", "payload", "created_at"},
       "select id, payload::text, case when isfinite(created_at) then (extract(epoch from "
       "created_at) * 1000)::bigint end, created_at::text "
       "from webhook_event where id > $1::bigint order by id limit $2::bigint",
       false},
      {sort::activities,
       "activity",
       {"id", "openphone_id", "activity_type", "conversation_id", "contact_id", "direction",
        "status", "from_number", "to_numbers", "body", "created_at"},
       "select a.id, row_to_json(a)::text, c.openphone_id, k.phone from activity a "
       "left join conversation c on c.id = a.conversation_id "
       "left join contact k on k.id = a.contact_id "
       "where a.id > $1::bigint order by a.id limit $2::bigint",
       false},
      {sort::conversations,
       "conversation",
       {"id", "openphone_id"},
       "select id, openphone_id from conversation where id > $1::bigint order by id "
       "limit $2::bigint",
       false},
      {sort::contacts,
       "contact",
       {"id", "phone", "first_name", "last_name"},
       "select t.id, row_to_json(t)::text from contact t where t.id > $1::bigint order by t.id "
       "limit $2::bigint",
       false}};
  return steps;
}

std::variant<std::vector<import_step>, import_problem, database_failure> steps_of(database& source
) {
  const auto answer = source.query(columns_sql);
  if (!answer.ok()) return *answer.failure;
  columns_of there;
  std::set<std::string> views;
  for (const auto& row : answer.rows) {
    there[row[0].value_or("")].insert(row[1].value_or(""));
    if (row[2] == "v") views.insert(row[0].value_or(""));
  }
  if (!views.empty())
    return import_problem{
        *views.begin() +
        " is a view in the source, not a table of the old service; is it a view of schema/compat.sql?"};
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
  return source.query(std::string(step.page_sql), {after, page_size});
}

query_result import_count(database& source, const import_step& step) {
  return source.query(
      "select count(*), count(*) - count(distinct id) from " + std::string(step.table)
  );
}

}  // namespace trunkline::admin
