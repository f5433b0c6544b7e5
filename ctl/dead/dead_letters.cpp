// SPDX-License-Identifier: Apache-2.0
#include "ctl/dead/dead_letters.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"

namespace trunkline::ctl {
namespace {

constexpr const char* utc = "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'";

std::string time_column(const std::string& column) {
  return "to_char(" + column + " at time zone 'UTC', " + utc + ")";
}

int small(const std::optional<std::string>& field) {
  return field ? std::stoi(*field) : 0;
}

std::string id_array(const std::vector<std::int64_t>& ids) {
  std::string out = "{";
  for (const auto id : ids) out += (out.size() > 1 ? "," : "") + std::to_string(id);
  return out + "}";
}

bool is_row_number(const std::string& id) {
  return !id.empty() && id.size() <= 18 &&
         std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
}

event_details read_details(const database_row& row) {
  event_details out;
  out.id = std::stoll(*row[0]);
  out.event_id = row[1].value_or("");
  out.event_type = row[2].value_or("");
  out.state = row[3].value_or("");
  out.scheme = row[4].value_or("");
  out.entry_id = row[5].value_or("");
  out.delivery_id = row[6].value_or("");
  out.received_at = row[7].value_or("");
  out.api_version = row[8];
  out.reason = row[9];
  out.sqlstate = row[10];
  out.next_attempt_at = row[11];
  out.occurred_at = row[12];
  out.finished_at = row[13];
  out.activity_id = row[14];
  out.provider_delivery_id = row[15];
  out.attempts = small(row[16]);
  out.claims = small(row[17]);
  out.key_index = small(row[18]);
  out.parser_version = small(row[19]);
  out.size = std::stoll(row[20].value_or("0"));
  return out;
}

// The bytes as received: json keeps its text as it came.
constexpr const char* bytes_of = "coalesce(raw, convert_to(payload::text, 'UTF8'))";

}  // namespace

dead_letters find_dead(database& db, const dead_filter& filter) {
  // strpos, not LIKE: what is searched for may hold % and _.
  const auto answer = db.query(
      "select id, event_id, event_type, error_message, attempts, " + time_column("finished_at") +
          ", (extract(epoch from now() - finished_at) * 1000)::bigint from webhook_events "
          "where state = 'dead' and ($1 = '' or event_type = $1) "
          "and ($2 = '' or strpos(lower(error_message), lower($2)) > 0) "
          "and ($3::bigint < 0 or finished_at >= now() - $3::bigint * interval '1 millisecond') "
          "order by finished_at desc, id desc limit $4::bigint + 1",
      {filter.type, filter.error, std::to_string(filter.since ? filter.since->count() : -1),
       std::to_string(filter.limit)}
  );
  dead_letters out;
  out.failure = answer.failure;
  for (const auto& row : answer.rows) {
    if (out.letters.size() == static_cast<std::size_t>(filter.limit)) {
      out.more = true;
      break;
    }
    out.letters.push_back(
        {.id = std::stoll(*row[0]),
         .event_id = row[1].value_or(""),
         .event_type = row[2].value_or(""),
         .reason = row[3].value_or(""),
         .attempts = small(row[4]),
         .finished_at = row[5].value_or(""),
         .age = std::chrono::milliseconds(std::stoll(row[6].value_or("0")))}
    );
  }
  return out;
}

event_lookup find_event(database& db, const std::string& id) {
  // Only the row's number and the event id have an index; the others scan, which a person can
  // afford.
  const std::string columns =
      "select id, event_id, event_type, state, scheme, entry_id, delivery_id, " +
      time_column("received_at") + ", api_version, error_message, sqlstate, " +
      time_column("next_attempt_at") + ", " + time_column("occurred_at") + ", " +
      time_column("finished_at") +
      ", activity_id, provider_delivery_id, attempts, claims, key_index, parser_version, "
      "octet_length(" +
      bytes_of + ") from webhook_events where ";
  event_lookup out;
  std::vector<std::string> conditions = {
      "event_id = $1", "delivery_id = $1 or provider_delivery_id = $1 or entry_id = $1"};
  if (is_row_number(id)) conditions.insert(conditions.begin(), "id = $1::bigint");
  for (const auto& condition : conditions) {
    const auto answer = db.query(columns + condition + " order by id limit 100", {id});
    out.failure = answer.failure;
    if (out.failure) return out;
    for (const auto& row : answer.rows) out.found.push_back(read_details(row));
    if (!out.found.empty()) return out;
  }
  return out;
}

event_bytes read_bytes(database& db, std::int64_t id) {
  const auto answer = db.query(
      std::string("select encode(") + bytes_of +
          ", 'hex') from webhook_events where id = $1::bigint",
      {std::to_string(id)}
  );
  event_bytes out;
  out.failure = answer.failure;
  if (answer.ok() && !answer.rows.empty() && answer.rows[0][0])
    out.body = hex_decode(*answer.rows[0][0]).value_or("");
  return out;
}

replayed replay(database& db, const std::vector<std::int64_t>& ids) {
  // Many short statements: rows are not locked for long, none meets the statement timeout, and
  // broken off in between, the others are simply still dead.
  constexpr std::size_t at_once = 1000;
  replayed out;
  for (std::size_t from = 0; from < ids.size() && !out.failure; from += at_once) {
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = static_cast<std::ptrdiff_t>(std::min(at_once, ids.size() - from));
    const auto answer = db.query(
        "update webhook_events set state = 'retrying', next_attempt_at = now(), attempts = 0, "
        "claims = 0, finished_at = null where id in (select id from webhook_events "
        "where id = any($1::bigint[]) and state = 'dead' order by id for update) "
        "and state = 'dead' returning id",
        {id_array({begin, begin + count})}
    );
    out.failure = answer.failure;
    for (const auto& row : answer.rows) out.ids.push_back(std::stoll(*row[0]));
  }
  std::sort(out.ids.begin(), out.ids.end());
  return out;
}

}  // namespace trunkline::ctl
