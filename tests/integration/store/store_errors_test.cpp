// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <future>

#include "tests/integration/store/support.hpp"

using namespace store_test;
using namespace std::chrono_literals;
using store::outcome;

namespace {

std::vector<store::prepared_event> one(const std::string& id) {
  return batch({body_of(message{.id = id, .conversation = "CN1"})});
}
const auto is_waiting =
    "select count(*) from pg_stat_activity where application_name = 'victim' and wait_event_type = "
    "'Lock'";
const auto kill_victim =
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'";

}  // namespace

TEST_CASE(
    "a connection that is killed in the middle is lost, and the next call has a new one with all "
    "settings"
) {
  database db;
  const auto store = open_store(options("victim"));
  REQUIRE(store->apply(one("AC1")).has_value());
  db.hold("lock table activities in access exclusive mode");
  auto pending = std::async(std::launch::async, [&] { return store->apply(one("AC2")); });
  REQUIRE(db.wait_for(is_waiting, "1") == "1");
  CHECK(store->busy_since().has_value());
  db.run(kill_victim);
  const auto outcome = pending.get();
  db.rollback();
  REQUIRE(outcome.has_error());
  CHECK(
      (outcome.error().kind == store::store_error_kind::lost || outcome.error().sqlstate == "57P01")
  );
  CHECK_FALSE(store->busy_since().has_value());
  CHECK(db.query("select count(*) from activities") == "1");
  CHECK(store->apply(one("AC3")).has_value());
  CHECK(db.query("select count(*) from activities") == "2");
}

TEST_CASE("an idle connection that was killed costs one call, no more") {
  database db;
  const auto store = open_store(options("victim"));
  REQUIRE(store->apply(one("AC1")).has_value());
  db.run(kill_victim);
  REQUIRE(
      db.wait_for("select count(*) from pg_stat_activity where application_name = 'victim'", "0") ==
      "0"
  );
  REQUIRE(store->apply(one("AC2")).has_error());
  CHECK(store->apply(one("AC2")).has_value());
  CHECK(store->apply(one("AC3")).has_value());
}

TEST_CASE("a connection that breaks during COMMIT leaves the outcome in doubt") {
  database db;
  // A deferred trigger runs inside COMMIT.
  db.run(
      "create or replace function end_session() returns trigger language plpgsql as"
      " 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';"
      "create constraint trigger end_session after insert on activities deferrable initially "
      "deferred"
      " for each row execute function end_session()"
  );
  const auto store = open_store();
  const auto broken = store->apply(one("AC1"));
  db.run("drop trigger end_session on activities; drop function end_session()");
  REQUIRE(broken.has_error());
  CHECK(broken.error().kind == store::store_error_kind::in_doubt);
  CHECK(store->apply(one("AC1")).has_value());
}

TEST_CASE("a newer schema that is declared compatible is accepted") {
  database db;
  db.run("insert into schema_migrations values (9999, 'later', '', now(), 1)");
  const auto applied = open_store()->apply(one("AC2"));
  db.run("delete from schema_migrations where version = 9999");
  CHECK(applied.has_value());
}

TEST_CASE("a lock timeout is a collision: 55P03") {
  database db;
  auto settings = options();
  settings.lock_timeout = 100ms;
  const auto store = open_store(settings);
  REQUIRE(store->apply(one("AC1")).has_value());
  db.hold("lock table activities in access exclusive mode");
  const auto rejected = store->apply(one("AC2"));
  db.rollback();
  REQUIRE(rejected.has_error());
  CHECK(rejected.error().kind == store::store_error_kind::sql);
  CHECK(rejected.error().sqlstate == "55P03");
  CHECK(store->apply(one("AC2")).has_value());
}

TEST_CASE("a single dead letter waits for the structure lock like a batch") {
  database db;
  auto settings = options();
  settings.lock_timeout = 100ms;
  const auto store = open_store(settings);
  REQUIRE(store->insert_dead_letter(event("{}", "1-1"), "broken").has_value());
  db.hold("select pg_advisory_xact_lock(1953655660)");  // `trunkline dead delete`
  const auto rejected = store->insert_dead_letter(event("{}", "2-1"), "broken");
  db.rollback();
  REQUIRE(rejected.has_error());
  CHECK(rejected.error().sqlstate == "55P03");
  CHECK(db.query("select count(*) from event_copies") == "0");
  db.run("delete from webhook_events");
  CHECK(store->insert_dead_letter(event("{}", "2-1"), "broken").value() == outcome::dead);
}

TEST_CASE("a statement that takes too long is cancelled: 57014") {
  database db;
  auto settings = options();
  settings.statement_timeout = 200ms;
  settings.lock_timeout = 60s;
  settings.statement_override = [](std::string_view name) {
    return name == "structure_lock_shared" ? "select pg_sleep(60)" : "";
  };
  const auto store = open_store(settings);
  const auto cancelled = store->apply(one("AC1"));
  REQUIRE(cancelled.has_error());
  CHECK(cancelled.error().sqlstate == "57014");
  CHECK(db.query("select count(*) from webhook_events") == "0");
}

TEST_CASE("interrupt() ends a call that hangs") {
  database db;
  auto settings = options("victim");
  settings.lock_timeout = settings.statement_timeout = 60s;
  const auto store = open_store(settings);
  REQUIRE(store->apply(one("AC1")).has_value());
  db.hold("lock table activities in access exclusive mode");
  auto pending = std::async(std::launch::async, [&] { return store->apply(one("AC2")); });
  REQUIRE(db.wait_for(is_waiting, "1") == "1");
  const auto since = store->busy_since();
  REQUIRE(since.has_value());
  CHECK(std::chrono::steady_clock::now() >= *since);
  store->interrupt();
  REQUIRE(pending.wait_for(10s) == std::future_status::ready);
  const auto ended = pending.get();
  db.rollback();
  REQUIRE(ended.has_error());
  CHECK(ended.error().kind == store::store_error_kind::lost);
  store->interrupt();  // no statement runs: no effect
  CHECK(store->apply(one("AC3")).has_value());
}

TEST_CASE("an error that a trigger raises has its position, not its text") {
  database db;
  const auto store = open_store();
  const auto refusal = [&](const std::string& statement) {
    db.run(
        "create function refuse() returns trigger language plpgsql as $$ begin " + statement +
        "; return new; end $$; create trigger refuse before insert on activities for each row "
        "execute function refuse()"
    );
    const auto rejected = store->apply(batch({body_of(message{.id = "AC1", .text = "secret 42"})}));
    db.run("drop trigger refuse on activities; drop function refuse()");
    REQUIRE(rejected.has_error());
    return rejected.error().sqlstate + " " + rejected.error().message;
  };
  const std::string place = " raised by PL/pgSQL function refuse() line 1";
  CHECK(refusal("raise exception 'bad: %', new.body") == "P0001" + place);
  CHECK(refusal("raise check_violation using message = new.body") == "23514" + place);
  CHECK(
      refusal("raise exception 'x' using detail = E'\\nCONTEXT:  ' || new.body || ' at RAISE'") ==
      "P0001" + place
  );
  CHECK(refusal("perform new.body::int") == "22P02 invalid input syntax for type integer: \"***\"");
  CHECK(
      refusal("perform '4155550142'::smallint") ==
      "22003 value \"***\" is out of range for type smallint"
  );
}

TEST_CASE("an error message has no data") {
  database db;
  const auto store = open_store();
  db.run("alter table activities add constraint no_secrets check (body <> 'secret 42')");
  const auto rejected = store->apply(batch({body_of(message{.id = "AC1", .text = "secret 42"})}));
  db.run("alter table activities drop constraint no_secrets");
  REQUIRE(rejected.has_error());
  CHECK(rejected.error().sqlstate == "23514");
  CHECK(rejected.error().message.find("no_secrets") != std::string::npos);
  CHECK(rejected.error().message.find("secret 42") == std::string::npos);
  CHECK(db.query("select count(*) from webhook_events") == "0");
}

TEST_CASE("a missing grant is reported with SQLSTATE 42501") {
  database db;
  db.run("drop role if exists no_such_user; create role no_such_user login");
  auto settings = options();
  settings.conninfo = url() + "?user=no_such_user";
  const auto rejected = open_store(settings)->apply(one("AC1"));
  db.run("drop role no_such_user");
  REQUIRE(rejected.has_error());
  CHECK(rejected.error().kind == store::store_error_kind::sql);
  CHECK(rejected.error().sqlstate == "42501");
}

TEST_CASE("a missing server is unreachable, also for probe()") {
  database db;
  auto settings = options();
  settings.conninfo = "postgresql://trunkline@127.0.0.1:1/trunkline";
  const auto store = open_store(settings);
  CHECK(store->apply(one("AC1")).error().kind == store::store_error_kind::unreachable);
  CHECK(store->probe().error().kind == store::store_error_kind::unreachable);
}

TEST_CASE("probe() writes on its own connection") {
  database db;
  const auto store = open_store(options("victim"));
  CHECK(store->probe().value());
  CHECK(db.query("select name from controls") == "probe");
  db.hold("select 1 from controls where name = 'probe' for update");
  const auto start = std::chrono::steady_clock::now();
  CHECK(store->probe().has_error());
  CHECK(std::chrono::steady_clock::now() - start < 4s);
  db.rollback();
  db.run(
      "alter database " + db.query("select current_database()") +
      " set default_transaction_read_only = on"
  );
  const auto read_only = store->probe();
  db.run(
      "set default_transaction_read_only = off;"
      "alter database " +
      db.query("select current_database()") + " reset default_transaction_read_only"
  );
  REQUIRE(read_only.has_error());
  CHECK(read_only.error().sqlstate == "25006");
}

TEST_CASE("a database of another schema version is rejected until it matches") {
  database db;
  const auto store = open_store();
  db.run("insert into schema_migrations values (9999, 'later', '', now(), 9999)");
  const auto newer = store->apply(one("AC1"));
  db.run("delete from schema_migrations where version = 9999");
  REQUIRE(newer.has_error());
  CHECK(newer.error().kind == store::store_error_kind::schema);
  CHECK(newer.error().message.find("9999") != std::string::npos);
  CHECK(store->apply(one("AC1")).has_value());
}

TEST_CASE("a database without our tables is a schema error") {
  database db;
  db.run("drop database if exists empty_one");
  db.run("create database empty_one");
  auto settings = options();
  settings.conninfo = url().substr(0, url().rfind('/')) + "/empty_one";
  CHECK(open_store(settings)->apply(one("AC1")).error().kind == store::store_error_kind::schema);
  db.run("drop database empty_one with (force)");
}
