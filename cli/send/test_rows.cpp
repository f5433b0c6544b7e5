// SPDX-License-Identifier: Apache-2.0
#include "cli/send/test_rows.hpp"
#include "cli/output.hpp"

#include <algorithm>
#include <chrono>
#include <random>

#include "common/text/encoding.hpp"
#include "common/postgres/postgres.hpp"
#include "admin/control/structure_lock.hpp"

namespace trunkline::cli {
namespace {

const std::vector<std::string> area_codes = {"201", "206", "212", "213", "303", "305", "312",
                                             "404", "415", "503", "512", "602", "617", "702",
                                             "713", "720", "801", "808", "907", "919"};

constexpr const char* unused_numbers_sql =
    "select phone from (select '+1' || area || '55501' || lpad(n::text, 2, '0') as phone"
    "  from unnest($1::text[]) area, generate_series(0, 99) n) candidates"
    " where not exists (select from contacts c where c.phone = candidates.phone)"
    "   and not exists (select from own_numbers o where o.phone = candidates.phone)"
    " order by random() limit 3";

// In this order each statement finds what the ones before left without use.
constexpr const char* delete_recordings_sql =
    "delete from recordings where call_openphone_id = any($1::text[])";
constexpr const char* delete_activities_sql =
    "delete from activities where openphone_id = any($1::text[])";
constexpr const char* delete_events_sql =
    "with gone as (delete from webhook_events"
    "    where event_key = any(array(select decode(k, 'hex') from unnest($1::text[]) k))"
    "    returning event_key)"
    " delete from event_copies c using gone where c.event_key = gone.event_key";
constexpr const char* delete_conversations_sql =
    "with gone as (delete from conversations c where (c.openphone_id = $1 or c.party_key = $2)"
    "    and not exists (select from activities a where a.conversation_id = c.id) returning c.id)"
    " delete from conversation_links l using gone where l.conversation_id = gone.id";
constexpr const char* delete_contacts_sql =
    "delete from contacts c where c.phone = any($1::text[]) and c.card_id is null"
    "   and not exists (select from activities a where a.contact_id = c.id)"
    "   and not exists (select from conversations v where v.contact_id = c.id)";
constexpr const char* delete_own_numbers_sql =
    "delete from own_numbers where phone = any($1::text[]) and from_events";

std::string fictitious_number(std::mt19937& random) {
  std::uniform_int_distribution<std::size_t> area(0, area_codes.size() - 1);
  std::uniform_int_distribution<int> line(100, 199);
  return "+1" + area_codes[area(random)] + "5550" + std::to_string(line(random));
}

std::string party_key(const run_names& names) {
  const auto [first, second] = std::minmax(names.contact, names.ours);
  return first + "," + second;
}

}  // namespace

run_names make_names() {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  run_names names;
  names.prefix = "TRUNKLINE-TEST-" + make_delivery_id(now).substr(16) + "-";
  std::mt19937 random{std::random_device{}()};
  names.contact = fictitious_number(random);
  do names.ours = fictitious_number(random);
  while (names.ours == names.contact);
  do names.forwarded_to = fictitious_number(random);
  while (names.forwarded_to == names.contact || names.forwarded_to == names.ours);
  return names;
}

std::optional<database_failure> choose_unused_numbers(database& db, run_names& names) {
  const auto answer = db.query(unused_numbers_sql, {postgres::array_of(area_codes)});
  if (!answer.ok()) return answer.failure;
  if (answer.rows.size() < 3)
    return database_failure{false, "", "all fictitious numbers are taken by rows of the tables"};
  names.contact = answer.rows[0][0].value();
  names.ours = answer.rows[1][0].value();
  names.forwarded_to = answer.rows[2][0].value();
  return std::nullopt;
}

std::optional<database_failure> remove_rows(
    database& db, const run_names& names, const removal& what
) {
  const std::string activities = postgres::array_of(what.activity_ids);
  const std::string numbers = postgres::array_of({names.contact, names.ours, names.forwarded_to});
  return db
      .transaction(
          {{structure_lock_sql()},
           {delete_recordings_sql, {activities}},
           {delete_activities_sql, {activities}},
           {delete_events_sql, {postgres::array_of(what.event_keys)}},
           {delete_conversations_sql, {names.conversation(), party_key(names)}},
           {delete_contacts_sql, {numbers}},
           {delete_own_numbers_sql, {numbers}}}
      )
      .failure;
}

}  // namespace trunkline::cli
