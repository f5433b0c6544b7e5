// SPDX-License-Identifier: Apache-2.0
#include "admin/dead_letters/dead_letters.hpp"

#include <algorithm>
#include <utility>

#include "admin/dead_letters/dead_letter_pager.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::int64_t max_page = 20000;
// For a list. A replay has no time limit.
constexpr std::chrono::milliseconds max_time{1200};

dead_letter read_letter(const database_row& row) {
  return {
      .id = std::stoll(row[0].value_or("0")),
      .event_id = row[1].value_or(""),
      .event_type = row[2].value_or(""),
      .reason = row[3].value_or(""),
      .attempts = std::stoi(row[4].value_or("0")),
      .finished_at = row[5].value_or(""),
      .age = std::chrono::milliseconds(std::stoll(row[6].value_or("0")))};
}

query_result query_page(database& db, sql_condition where, std::size_t limit) {
  const auto filter = where.sql();
  const auto rows = where.parameter(std::to_string(limit));
  return db.query(
      sql::compose("admin/list_dead_letters", {{"filter", filter}, {"limit", rows}}),
      where.parameters()
  );
}

}  // namespace

dead_letter_list list_dead_letters(database& db, const event_filter& filter, int limit) {
  dead_letter_list out;
  const auto end = clock::now() + max_time;
  const auto max_letters = static_cast<std::size_t>(limit);
  dead_letter_pager pages(db, filter);
  auto start = clock::now();
  for (std::int64_t rows = limit + 1; pages.next(rows); rows = std::min(rows * 8, max_page)) {
    const auto result = query_page(db, pages.matching(), max_letters + 1 - out.letters.size());
    out.failure = result.failure;
    if (out.failure) return out;
    for (const auto& row : result.rows) out.letters.push_back(read_letter(row));
    out.more = out.letters.size() > max_letters;
    if (out.more) {
      out.letters.resize(max_letters);
      return out;
    }
    // The next page may take eight times as long.
    const auto now = clock::now(), soon = now + (now - std::exchange(start, now)) * 2;
    if (soon > end && !pages.reached().empty()) {
      out.searched_back = pages.reached();
      return out;
    }
  }
  out.failure = pages.failure();
  return out;
}

json_object as_json(const dead_letter_list& list) {
  std::vector<json_object> letters;
  for (const auto& letter : list.letters)
    letters.push_back(json_object()
                          .number("id", letter.id)
                          .text("event_id", letter.event_id)
                          .text("event_type", letter.event_type)
                          .text("reason", letter.reason)
                          .number("attempts", letter.attempts)
                          .text("finished_at", letter.finished_at)
                          .real("age_seconds", static_cast<double>(letter.age.count()) / 1000));
  return json_object()
      .list("dead", letters)
      .boolean("more", list.more)
      .text("searched_back", list.searched_back);
}

dead_letter_ids find_dead_letter_ids(database& db, const event_filter& filter) {
  constexpr std::size_t max_ids = 1000000;
  dead_letter_ids out;
  dead_letter_pager pages(db, filter);
  while (!out.more && pages.next(max_page)) {
    const auto result = db.query(
        sql::compose("admin/list_dead_letter_ids", {{"filter", pages.matching().sql()}}),
        pages.matching().parameters()
    );
    out.failure = result.failure;
    if (out.failure) return out;
    for (const auto& row : result.rows) out.ids.push_back(std::stoll(row[0].value_or("0")));
    out.more = out.ids.size() > max_ids;
  }
  out.failure = pages.failure();
  if (out.more) out.ids.resize(max_ids);
  std::reverse(out.ids.begin(), out.ids.end());
  return out;
}

query_result replay_dead_letters(
    database& db, const std::string& id_array, const std::string& actor
) {
  return db.query(sql::query("admin/replay_dead_letters"), {id_array, actor});
}

}  // namespace trunkline::admin
