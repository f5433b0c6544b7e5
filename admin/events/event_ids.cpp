// SPDX-License-Identifier: Apache-2.0
// Finds the rows of webhook_events that an id names.
#include <algorithm>
#include <charconv>

#include "admin/events/event_list.hpp"
#include "admin/events/event_lookup.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

std::int64_t number(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// Runs one statement after another until one finds a row.
class id_search {
 public:
  explicit id_search(database& db) : db_(db) {}

  // Returns true if the search has ended: rows were found, or the statement failed.
  bool run(const char* query, std::vector<std::string> parameters) {
    const auto result = db_.query(sql::query(query), std::move(parameters));
    out.failure = result.failure;
    for (const auto& row : result.rows) out.ids.push_back(std::stoll(row[0].value_or("0")));
    return out.failure || !out.ids.empty();
  }

  // For ids that contain a time: the gateway received the event about then, by its own clock.
  bool run_around(const char* query, const std::string& id, std::int64_t ms) {
    constexpr std::int64_t minute = 60000;
    return run(
        query,
        {id, std::to_string((ms - 2 * minute) * 1000), std::to_string((ms + 2 * minute) * 1000)}
    );
  }

  found_ids out;

 private:
  database& db_;
};

}  // namespace

bool is_row_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::int64_t> time_of_delivery_id(std::string_view id) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  if (id.size() != 26) return std::nullopt;
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const auto digit = alphabet.find(id[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    if (i < 10) ms = ms * 32 + static_cast<std::int64_t>(digit);
  }
  constexpr std::int64_t year_9999 = 253370764800000;
  return ms < year_9999 ? std::optional(ms) : std::nullopt;
}

std::optional<std::int64_t> time_of_entry_id(std::string_view id) {
  const auto dash = id.find('-');
  if (dash > 14 || !is_row_number(id.substr(0, dash)) || !is_row_number(id.substr(dash + 1)))
    return std::nullopt;
  return number(id.substr(0, dash));
}

found_ids find_ids(database& db, const std::string& id, std::chrono::milliseconds time) {
  id_search search(db);
  if (is_row_number(id) && search.run("admin/find_event_by_row_number", {id})) return search.out;
  if (search.run("admin/find_events_by_event_id", {id})) return search.out;
  if (const auto ms = time_of_delivery_id(id);
      ms && search.run_around("admin/find_events_by_delivery_id", id, *ms))
    return search.out;
  if (const auto ms = time_of_entry_id(id)) {
    if (search.run_around("admin/find_events_by_entry_id", id, *ms)) return search.out;
    if (search.run("admin/find_events_by_copy", {id})) return search.out;
  }
  sql_condition where;
  where.require(sql::compose("admin/filter/by_unindexed_id", {{"id", where.parameter(id)}}));
  const event_filter all;
  auto page = list_events(db, all, std::move(where), {.events = 100, .before = {}, .time = time});
  search.out.failure = std::move(page.failure);
  search.out.searched_back = std::move(page.searched_back);
  for (const auto& event : page.events) search.out.ids.push_back(event.id);
  std::sort(search.out.ids.begin(), search.out.ids.end());
  return search.out;
}

}  // namespace trunkline::admin
