// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/integration/store/support.hpp"

using namespace store_test;

namespace {

std::string roles_file() {
  std::ifstream file(std::string(TRUNKLINE_FIXTURES) + "/../../schema/roles.sql");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the worker's role can do all that the store does, and nothing more") {
  database db;
  db.run(roles_file());
  db.run(roles_file());  // a second run changes nothing
  auto settings = options();
  settings.conninfo = url() + "?user=trunkline_worker";
  settings.own_numbers = {"+14155550101"};
  const auto store = open_store(settings);
  CHECK(store->probe().has_value());
  CHECK(store->adopt_own_numbers().has_value());
  apply(
      *store, {body_of(message{.id = "AC1"}), body_of(call{"AC2", {"+14155550143"}}),
               body_of(card{"CT1", "Ann", "2026-11-20T11:00:00.000Z", {"+14155550142"}})}
  );
  // A fallback conversation and a contact are deleted.
  CHECK(apply(*store, {body_of(message{.id = "AC3", .conversation = "CN1"})}).restructured);
  CHECK(apply(*store, {body_of(message{.id = "AC4", .to = "+14155550143"})}).restructured);
  CHECK(db.query("select phone, name from contacts") == "+14155550142|Ann");
  apply(*store, {body_of(message{.id = "AC1"})});
  CHECK(db.query("select count(*) from event_copies") == "1");
  const store::store_error why{store::store_error_kind::sql, "22003", "out of range"};
  CHECK(store->fail(event("{}"), why, std::chrono::milliseconds(0), 16).has_value());
  const auto leased = store->lease_due(1, std::chrono::seconds(60), 5);
  REQUIRE(leased.has_value());
  CHECK(store->apply_leased(*leased).has_value());

  const auto may = [&](const std::string& what) {
    return db.query(
        "select string_agg(c.relname, ' ' order by c.relname) from pg_class c"
        " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"
        " and has_table_privilege('trunkline_worker', c.oid, '" +
        what + "')"
    );
  };
  CHECK(may("delete") == "contacts conversation_links conversations");
  CHECK(may("truncate") == "-");
  CHECK(db.query("select has_schema_privilege('trunkline_worker', 'public', 'create')") == "f");
  CHECK(
      db.query("select count(*) from pg_class c where c.relnamespace = 'public'::regnamespace and "
               "c.relkind = 'r'"
               " and has_table_privilege('trunkline_readonly', c.oid, 'insert,update,delete')"
      ) == "0"
  );
}
