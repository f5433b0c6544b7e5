// SPDX-License-Identifier: Apache-2.0
// From any id to rows of webhook_events.
#include <algorithm>
#include <charconv>

#include "admin/events/event_list.hpp"
#include "admin/events/event_lookup.hpp"

namespace trunkline::admin {
namespace {

std::int64_t number(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// Asks one question after another until one has an answer.
class id_search {
 public:
  explicit id_search(database& db) : db_(db) {}

  // True: no need to go on.
  bool ask(const std::string& condition, std::vector<std::string> parameters) {
    const auto answer = db_.query(
        "select e.id from webhook_events e where " + condition + " order by e.id limit 100",
        std::move(parameters)
    );
    out.failure = answer.failure;
    for (const auto& row : answer.rows) out.ids.push_back(std::stoll(row[0].value_or("0")));
    return out.failure || !out.ids.empty();
  }

  found_ids out;

 private:
  database& db_;
};

// Ids that say when they were made: the event was received about then, by the gateway's clock.
bool ask_around(
    id_search& search, const std::string& column, const std::string& id, std::int64_t ms
) {
  constexpr std::int64_t minute = 60000;
  return search.ask(
      "e.received_at between tl_time($2::bigint) and tl_time($3::bigint) and e." + column + " = $1",
      {id, std::to_string((ms - 2 * minute) * 1000), std::to_string((ms + 2 * minute) * 1000)}
  );
}

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
  constexpr std::int64_t most = 253370764800000;  // year 9999
  return ms < most ? std::optional(ms) : std::nullopt;
}

std::optional<std::int64_t> time_of_entry_id(std::string_view id) {
  const auto dash = id.find('-');
  if (dash == std::string_view::npos || dash > 14 || !is_row_number(id.substr(0, dash)) ||
      !is_row_number(id.substr(dash + 1)))
    return std::nullopt;
  return number(id.substr(0, dash));
}

found_ids find_ids(database& db, const std::string& id, std::chrono::milliseconds time) {
  id_search search(db);
  if (is_row_number(id) && search.ask("e.id = $1::bigint", {id})) return search.out;
  if (search.ask("e.event_id = $1", {id})) return search.out;
  if (const auto ms = time_of_delivery_id(id); ms && ask_around(search, "delivery_id", id, *ms))
    return search.out;
  if (const auto ms = time_of_entry_id(id)) {
    if (ask_around(search, "entry_id", id, *ms)) return search.out;
    if (search.ask("e.event_key = (select event_key from event_copies where entry_id = $1)", {id}))
      return search.out;
  }
  sql_condition where;
  const auto name = where.parameter(id);
  where.require(
      "(e.activity_id = " + name + " or e.delivery_id = " + name + " or e.entry_id = " + name +
      " or e.provider_delivery_id = " + name + ")"
  );
  const event_filter all;
  auto page = list_events(db, all, std::move(where), {.events = 100, .before = {}, .time = time});
  search.out.failure = std::move(page.failure);
  search.out.searched_back = std::move(page.searched_back);
  for (const auto& event : page.events) search.out.ids.push_back(event.id);
  std::sort(search.out.ids.begin(), search.out.ids.end());
  return search.out;
}

}  // namespace trunkline::admin
