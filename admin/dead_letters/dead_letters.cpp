// SPDX-License-Identifier: Apache-2.0
#include "admin/dead_letters/dead_letters.hpp"

#include <algorithm>
#include <utility>

#include "admin/events/event_history.hpp"
#include "admin/events/event_time.hpp"
#include "admin/control/controls.hpp"

namespace trunkline::admin {
namespace {

using clock = std::chrono::steady_clock;

constexpr const char* newest_first = " order by e.finished_at desc, e.id desc";
constexpr std::int64_t longest_slice = 20000;
// For people who look; a replay takes its time.
constexpr std::chrono::milliseconds longest_look{1200};

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

}  // namespace

dead_letters find_dead(database& db, const event_filter& filter, int limit) {
  dead_letters out;
  const auto end = clock::now() + longest_look;
  const auto most = static_cast<std::size_t>(limit);
  dead_slices slices(db, filter);
  auto start = clock::now();
  for (std::int64_t rows = limit + 1; slices.next(rows); rows = std::min(rows * 8, longest_slice)) {
    const auto answer = db.query(
        "select e.id, e.event_id, e.event_type, e.error_message, e.attempts, " +
            time_text("e.finished_at") +
            ", (extract(epoch from now() - e.finished_at) * 1000)::bigint from webhook_events e "
            "where " +
            slices.fitting().sql() + newest_first + " limit " +
            std::to_string(most + 1 - out.letters.size()),
        slices.fitting().parameters()
    );
    out.failure = answer.failure;
    if (out.failure) return out;
    for (const auto& row : answer.rows) out.letters.push_back(read_letter(row));
    out.more = out.letters.size() > most;
    if (out.more) {
      out.letters.resize(most);
      return out;
    }
    // The next slice may take eight times as long.
    const auto now = clock::now(), soon = now + (now - std::exchange(start, now)) * 2;
    if (soon > end && !slices.reached().empty()) {
      out.searched_back = slices.reached();
      return out;
    }
  }
  out.failure = slices.failure();
  return out;
}

dead_ids find_dead_ids(database& db, const event_filter& filter) {
  constexpr std::size_t most = 1000000;
  dead_ids out;
  dead_slices slices(db, filter);
  while (!out.more && slices.next(longest_slice)) {
    const auto answer = db.query(
        "select e.id from webhook_events e where " + slices.fitting().sql() + newest_first,
        slices.fitting().parameters()
    );
    out.failure = answer.failure;
    if (out.failure) return out;
    for (const auto& row : answer.rows) out.ids.push_back(std::stoll(row[0].value_or("0")));
    out.more = out.ids.size() > most;
  }
  out.failure = slices.failure();
  if (out.more) out.ids.resize(most);
  std::reverse(out.ids.begin(), out.ids.end());
  return out;
}

query_result replay(database& db, const std::string& id_array, const std::string& actor) {
  return db.query(
      "with chosen as (select id, attempts, finished_at, error_message as reason from "
      "webhook_events where id = any($1::bigint[]) and state = 'dead' order by id for update), "
      "changed as (update webhook_events e set state = 'retrying', next_attempt_at = now(), "
      "attempts = 0, claims = 0, finished_at = null from chosen where e.id = chosen.id and "
      "e.state = 'dead' returning e.id), logged as (" +
          log_of_events("replay") + ") select id from changed order by id",
      {id_array, actor}
  );
}

}  // namespace trunkline::admin
