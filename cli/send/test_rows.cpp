// SPDX-License-Identifier: Apache-2.0
#include "cli/send/test_rows.hpp"

#include <algorithm>
#include <random>

#include "admin/control/structure_lock.hpp"
#include "common/postgres/postgres.hpp"
#include "common/process/clock.hpp"
#include "common/text/encoding.hpp"
#include "schema/sql.hpp"

namespace trunkline::cli {
namespace {
const std::vector<std::string> area_codes = {"201", "206", "212", "213", "303", "305", "312",
                                             "404", "415", "503", "512", "602", "617", "702",
                                             "713", "720", "801", "808", "907", "919"};

std::string fictitious_number(std::mt19937& random) {
  std::uniform_int_distribution<std::size_t> area(0, area_codes.size() - 1);
  std::uniform_int_distribution<int> line(100, 199);
  return "+1" + area_codes[area(random)] + "5550" + std::to_string(line(random));
}

std::string party_key(const test_ids& ids) {
  const auto [first, second] = std::minmax(ids.contact, ids.ours);
  return first + "," + second;
}

}  // namespace

test_ids make_test_ids() {
  test_ids ids;
  ids.prefix = "TRUNKLINE-TEST-" + make_delivery_id(unix_ms()).substr(16) + "-";
  std::mt19937 random{std::random_device{}()};
  ids.contact = fictitious_number(random);
  do ids.ours = fictitious_number(random);
  while (ids.ours == ids.contact);
  do ids.forwarded_to = fictitious_number(random);
  while (ids.forwarded_to == ids.contact || ids.forwarded_to == ids.ours);
  return ids;
}

number_choice choose_unused_numbers(database& db, test_ids& ids) {
  const auto result = db.query(
      std::string(sql::query("admin/send/unused_numbers")), {postgres::array_of(area_codes)}
  );
  if (!result.ok()) return {.failure = result.failure, .exhausted = false};
  if (result.rows.size() < 3) return {.failure = std::nullopt, .exhausted = true};
  ids.contact = result.rows[0][0].value();
  ids.ours = result.rows[1][0].value();
  ids.forwarded_to = result.rows[2][0].value();
  return {};
}

std::optional<database_failure> remove_rows(
    database& db, const test_ids& ids, const created_rows& rows
) {
  const auto statement = [](const char* name, std::vector<std::string> parameters) {
    return database_statement{std::string(sql::query(name)), std::move(parameters)};
  };
  const std::string activities = postgres::array_of(rows.activity_ids);
  const std::string numbers = postgres::array_of({ids.contact, ids.ours, ids.forwarded_to});
  // Each statement deletes rows that the statements before it have left unused.
  return db
      .transaction(
          {{structure_lock_sql()},
           statement("admin/send/delete_recordings", {activities}),
           statement("admin/send/delete_activities", {activities}),
           statement("admin/send/delete_events", {postgres::array_of(rows.event_keys)}),
           statement("admin/send/delete_conversations", {ids.conversation(), party_key(ids)}),
           statement("admin/send/delete_contacts", {numbers}),
           statement("admin/send/delete_own_numbers", {numbers})}
      )
      .failure;
}

}  // namespace trunkline::cli
