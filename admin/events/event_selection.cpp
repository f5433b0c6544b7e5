// SPDX-License-Identifier: Apache-2.0
#include "admin/events/event_selection.hpp"

#include <algorithm>

#include "admin/batches.hpp"
#include "admin/dead_letters/dead_letters.hpp"
#include "admin/events/event_lookup.hpp"
#include "common/text/printable.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

constexpr std::size_t max_selected = 1000000;

void sort_ids(std::vector<std::int64_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

// Selects the events in this state that the ids name. hint(event) is added to the line of each
// event in another state; missing(lookup, id) is the line of an id that names no event.
template <class Hint, class Missing>
event_selection select_by_id(
    database& db, const std::vector<std::string>& ids, const std::string& state, const Hint& hint,
    const Missing& missing
) {
  event_selection out;
  for (const auto& id : ids) {
    const auto lookup = find_event(db, id);
    out.failure = lookup.failure;
    if (out.failure) return out;
    if (lookup.found.empty()) out.left_alone.push_back(printable(missing(lookup, id)));
    for (const auto& event : lookup.found) {
      if (event.state == state)
        out.ids.push_back(event.id);
      else
        out.left_alone.push_back(
            printable(id) + ": it is " + event.state + ", not " + state + hint(event)
        );
    }
  }
  sort_ids(out.ids);
  return out;
}

// Keeps the rows that match, in their order. A filter may search payloads, so each statement
// examines a limited number of rows.
std::optional<database_failure> keep_matching(
    database& db, const event_filter& filter, std::vector<std::int64_t>& ids
) {
  constexpr std::size_t max_rows = 5000;
  std::vector<std::int64_t> matching;
  for (std::size_t from = 0; from < ids.size(); from += max_rows) {
    const auto count = std::min(max_rows, ids.size() - from);
    sql_condition where;
    where.require(sql::compose(
        "admin/filter/by_row_ids", {{"ids", where.parameter(array_of(ids.data() + from, count))}}
    ));
    add_received(filter, where);
    if (auto failure = add_conditions(db, filter, where)) return failure;
    const auto result = db.query(
        sql::compose("admin/select_waiting_events", {{"filter", where.sql()}}), where.parameters()
    );
    if (!result.ok()) return result.failure;
    for (const auto& row : result.rows) matching.push_back(std::stoll(row[0].value_or("0")));
  }
  ids = std::move(matching);
  return std::nullopt;
}

// Reads all numbers before the first change, so that an event that fails again meanwhile is not
// retried twice.
event_selection select_waiting(database& db, const event_filter& filter) {
  event_selection out;
  const auto result =
      db.query(sql::query("admin/list_waiting_events"), {std::to_string(max_selected + 1)});
  out.failure = result.failure;
  out.more = result.rows.size() > max_selected;
  for (const auto& row : result.rows)
    if (out.ids.size() < max_selected) out.ids.push_back(std::stoll(row[0].value_or("0")));
  if (!out.failure && !filter.matches_all()) out.failure = keep_matching(db, filter, out.ids);
  return out;
}

}  // namespace

event_selection select_dead_letters(
    database& db, const std::vector<std::string>& ids, const event_filter& filter
) {
  if (ids.empty()) {
    auto all = find_dead_letter_ids(db, filter);
    return {std::move(all.ids), {}, all.more, std::move(all.failure)};
  }
  return select_by_id(
      db, ids, "dead", [](const event_details&) { return ""; },
      [](const event_lookup& lookup, const std::string& id) {
        return lookup.searched_back || lookup.deleted ? describe_missing(lookup, id)
                                                      : id + ": no such event";
      }
  );
}

event_selection select_retries(
    database& db, const std::vector<std::string>& ids, const event_filter& filter
) {
  if (ids.empty()) return select_waiting(db, filter);
  return select_by_id(
      db, ids, "retrying",
      [](const event_details& event) {
        return event.state == "dead" ? "; use 'trunkline dead replay'" : "";
      },
      describe_missing
  );
}

query_result retry_events(database& db, const std::string& id_array, const std::string& actor) {
  return db.query(sql::query("admin/retry_events"), {id_array, actor});
}

}  // namespace trunkline::admin
