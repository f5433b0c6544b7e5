// SPDX-License-Identifier: Apache-2.0
#include "admin/dead_letters/dead_letter_groups.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "admin/dead_letters/dead_letter_pager.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

using cause = std::tuple<std::string, std::optional<std::string>, std::string>;

// Adds a row of group_dead_letters.sql. Pages go from new to old.
void add_row(const database_row& row, std::map<cause, dead_letter_group>& groups) {
  auto& group = groups[{row[0].value_or(""), row[1], row[2].value_or("")}];
  if (group.count == 0) {
    group.reason = row[0].value_or("");
    group.sqlstate = row[1];
    group.type = row[2].value_or("");
    group.sample = std::stoll(row[4].value_or("0"));
    group.last = row[6].value_or("");
  }
  group.count += std::stoll(row[3].value_or("0"));
  group.first = row[5].value_or("");
}

}  // namespace

dead_letter_groups group_dead_letters(database& db, const event_filter& filter) {
  using clock = std::chrono::steady_clock;
  constexpr std::int64_t max_counted = 100000, page = 10000;
  const auto end = clock::now() + std::chrono::milliseconds(1200);
  std::map<cause, dead_letter_group> by_cause;
  dead_letter_groups out;
  dead_letter_pager pages(db, filter);
  while (!out.at_least && pages.next(page)) {
    const auto result = db.query(
        sql::compose("admin/group_dead_letters", {{"filter", pages.matching().sql()}}),
        pages.matching().parameters()
    );
    out.failure = result.failure;
    if (out.failure) return out;
    for (const auto& row : result.rows) add_row(row, by_cause);
    out.counted = 0;
    for (const auto& [cause, group] : by_cause) out.counted += group.count;
    out.at_least = !pages.reached().empty() && (out.counted >= max_counted || clock::now() > end);
  }
  out.failure = pages.failure();
  for (auto& [cause, group] : by_cause) out.groups.push_back(std::move(group));
  std::stable_sort(out.groups.begin(), out.groups.end(), [](const auto& a, const auto& b) {
    return a.count > b.count;
  });
  return out;
}

json_object as_json(const dead_letter_groups& found, std::size_t limit) {
  std::vector<json_object> groups;
  for (const auto& group : found.groups) {
    if (groups.size() == limit) break;
    groups.push_back(json_object()
                         .number("count", group.count)
                         .text("reason", group.reason)
                         .text("sqlstate", group.sqlstate)
                         .text("event_type", group.type)
                         .text("first", group.first)
                         .text("last", group.last)
                         .number("sample", group.sample));
  }
  return json_object()
      .list("groups", groups)
      .number("counted", found.counted)
      .boolean("at_least", found.at_least)
      .number("causes", static_cast<std::int64_t>(found.groups.size()));
}

}  // namespace trunkline::admin
