// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "common/text/units.hpp"
#include "admin/database.hpp"
#include "admin/doctor/checks.hpp"
#include "common/json/json_object.hpp"
#include "common/text/printable.hpp"
#include "admin/control/controls.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::system_clock;
constexpr const char* run_roles = "psql -d trunkline -f schema/roles.sql, as a superuser";

struct facts {
  int version = 0;
  std::string version_text, synchronous_commit, fsync, full_page_writes, lock_timeout;
  int max_connections = 0, reserved = 0, used = 0;
  bool standby = false;
  double clock = 0;
};

constexpr const char* facts_statement =
    "select current_setting('server_version_num'), current_setting('server_version'), "
    "current_setting('synchronous_commit'), current_setting('fsync'), "
    "current_setting('full_page_writes'), current_setting('max_connections'), "
    "current_setting('superuser_reserved_connections'), "
    "(select sum(numbackends) from pg_stat_database), pg_is_in_recovery(), "
    "extract(epoch from clock_timestamp()), current_setting('lock_timeout')";

int whole(const std::optional<std::string>& text) {
  return text ? std::atoi(text->c_str()) : 0;
}

facts read_facts(const database_row& row) {
  facts out;
  out.version = whole(row[0]);
  out.version_text = row[1].value_or("");
  out.synchronous_commit = row[2].value_or("");
  out.fsync = row[3].value_or("");
  out.full_page_writes = row[4].value_or("");
  out.max_connections = whole(row[5]);
  out.reserved = whole(row[6]);
  out.used = whole(row[7]);
  out.standby = row[8] == "t";
  out.clock = std::strtod(row[9].value_or("0").c_str(), nullptr);
  out.lock_timeout = row[10].value_or("");
  return out;
}

void check_settings(findings& out, const facts& now) {
  if (now.version >= 150000)
    out.ok("postgres.version", now.version_text);
  else
    out.add(
        "postgres.version", level::warning, now.version_text, "tested with PostgreSQL 15",
        "pg_upgradecluster to 15"
    );
  if (now.standby)
    out.add(
        "postgres.role", level::error, "a standby", "nothing can be written here",
        "give the programs the primary's address"
    );
  else
    out.ok("postgres.role", "primary");
  const auto setting = [&](const char* name, const std::string& value, bool good) {
    if (good) return out.ok(std::string("postgres.") + name, value);
    out.add(
        std::string("postgres.") + name, level::error, value,
        "a crash loses rows of deliveries that have left Redis",
        std::string("alter system set ") + name + " = on; select pg_reload_conf();"
    );
  };
  // local and the remote ones wait for this server's disk at the least.
  setting("synchronous_commit", now.synchronous_commit, now.synchronous_commit != "off");
  setting("fsync", now.fsync, now.fsync == "on");
  setting("full_page_writes", now.full_page_writes, now.full_page_writes == "on");
}

// Beyond one for each thread of a worker three are wanted now and then, seldom all at once
// (docs/sizing.md).
void check_connections(findings& out, const facts& now) {
  const int most = now.max_connections - now.reserved;
  const int left = most - now.used + 1;  // this one ends
  const auto what = std::to_string(now.used) + " of " + std::to_string(most) + " in use";
  const std::string mend =
      "fewer workers or threads, or alter system set max_connections higher and restart";
  if (left < 1)
    out.add("postgres.connections", level::error, what, "workers can't connect", mend);
  else if (left < 2)
    out.add(
        "postgres.connections", level::warning, what,
        "a worker whose transaction fails looks over a new one whether the server is well", mend
    );
  else
    out.ok("postgres.connections", what);
}

// Two that are open side by side have a backend each, unless somebody lends them out by
// transaction.
void check_pooler(
    findings& out, database& one, const config::common_options& options, const facts& now
) {
  database other(
      options.postgres, config::make_logger("doctor", options),
      {.connect = doctor_budget, .lock = doctor_budget, .statement = doctor_budget}
  );
  // By turns where the pooler goes round its connections, by the same one where it does not.
  const std::string backend = "select pg_backend_pid()";
  bool lent = false;
  std::string first;
  for (auto* each : {&one, &one, &one, &other}) {
    const auto answer = each->query(backend);
    if (!answer.ok())
      return out.add(
          "postgres.pooler", level::warning, "unknown: no second connection",
          describe(*answer.failure), "try again"
      );
    const auto pid = answer.rows[0][0].value_or("");
    if (first.empty()) first = pid;
    lent = lent || (each == &one) != (pid == first);
  }
  if (lent)
    return out.add(
        "postgres.pooler", level::error, "a pooler lends connections out by transaction",
        "workers use prepared statements and session settings: they hold",
        "pool_mode = session for this database in pgbouncer.ini, then reload it; or connect "
        "directly"
    );
  if (now.lock_timeout == "0")
    return out.add(
        "postgres.pooler", level::warning, "startup options do not arrive",
        "workers hold rather than work without time limits",
        "connect directly, or set them for the role: docs/postgresql.md"
    );
  out.ok("postgres.pooler", "none by transaction");
}

void check_schema(findings& out, database& db) {
  const auto known = std::atoi(std::string(sql::migrations().back().name.substr(0, 4)).c_str());
  const auto answer = db.query("select coalesce(max(version), 0) from schema_migrations");
  const auto needs = "this program needs " + std::to_string(known);
  if (!answer.ok())
    return out.add(
        "postgres.migrations", level::error,
        answer.failure->missing_table() ? "no tables of ours" : describe(*answer.failure), needs,
        answer.failure->missing_table() ? "trunkline migrate, as trunkline_owner" : run_roles
    );
  const int version = whole(answer.rows[0][0]);
  const auto what = "schema version " + std::to_string(version);
  if (version < known)
    out.add(
        "postgres.migrations", level::error, what, needs, "trunkline migrate, as trunkline_owner"
    );
  else if (version > known)
    out.add(
        "postgres.migrations", level::note, what, "newer than this program: " + needs,
        "upgrade this program"
    );
  else
    out.ok("postgres.migrations", what);
}

// What roles.sql gives the worker and the readers, table by table.
constexpr const char* grants_statement =
    "with roles as (select array_agg(r) filter (where not exists (select from pg_roles where "
    "rolname "
    "= r)) as missing from unnest(array['trunkline_owner', 'trunkline_worker', "
    "'trunkline_readonly']) r), "
    "wants as (select r.role, t.name, p.privilege from (values ('trunkline_worker'), "
    "('trunkline_readonly')) r (role), (values ('activities', 'insert, update'), "
    "('contact_cards', 'insert, update'), ('contacts', 'insert, update, delete'), "
    "('controls', 'insert, update'), ('conversation_links', 'insert, update, delete'), "
    "('conversations', 'insert, update, delete'), ('dead_deleted_events', ''), "
    "('dead_deletions', ''), ('event_copies', 'insert'), "
    "('minute_figures', 'insert, update'), ('operator_log', 'insert'), "
    "('own_numbers', 'insert, update'), ('recordings', 'insert, update'), "
    "('schema_migrations', ''), ('webhook_events', 'insert, update')) t (name, writes), "
    "regexp_split_to_table('select' || case when r.role = 'trunkline_worker' and t.writes <> '' "
    "then "
    "', ' || t.writes else '' end, ', ') p (privilege)) "
    "select (select array_to_string(missing, ', ') from roles), "
    "(select string_agg(distinct w.role || ' on ' || w.name, ', ') from wants w "
    "where to_regclass('public.' || w.name) is not null "
    "and exists (select from pg_roles where rolname = w.role) "
    "and not has_table_privilege(w.role, 'public.' || w.name, w.privilege)), "
    "(select string_agg(rolname, ', ') from pg_roles where rolname like 'trunkline\\_%' and "
    "(rolsuper or rolcreaterole or rolcreatedb))";

void check_grants(findings& out, database& db) {
  const auto answer = db.query(grants_statement);
  if (!answer.ok())
    return out.add(
        "postgres.roles", level::warning, "unknown", describe(*answer.failure), run_roles
    );
  const auto& row = answer.rows[0];
  if (row[0] && !row[0]->empty())
    out.add(
        "postgres.roles", level::warning, "missing: " + *row[0],
        "programs then run as somebody who may do more than they need", run_roles
    );
  else if (row[2])
    out.add(
        "postgres.roles", level::warning, "with rights over the cluster: " + *row[2],
        "none of ours needs them", "alter role ... nosuperuser nocreaterole nocreatedb"
    );
  else
    out.ok("postgres.roles", "owner, worker, readonly");
  if (row[1])
    out.add(
        "postgres.grants", level::error, "missing: " + *row[1], "workers hold without them",
        run_roles
    );
  else
    out.ok("postgres.grants", "as schema/roles.sql says");
}

void check_pause(findings& out, database& db) {
  const auto now = read_pause(db);
  if (now.failure) return;  // no tables: said already
  if (!now.paused) return out.ok("applying", "not paused");
  out.add(
      "applying", level::warning, "paused " + describe(*now.paused), "deliveries wait in Redis",
      "trunkline resume"
  );
}

}  // namespace

finding judge_clock(const std::string& check, const std::string& server, double ahead) {
  const double off = std::fabs(ahead);
  char digits[64];
  std::snprintf(
      digits, sizeof digits, "%.1f s %s this machine's", off, ahead < 0 ? "behind" : "ahead of"
  );
  const auto what = server + "'s clock is " + digits;
  if (off < 2) return {check, level::ok, what, "", "", false};
  const bool far = off >= 300;
  return {
      check,
      far ? level::error : level::warning,
      what,
      far ? "a gateway that is 5 minutes off refuses Standard Webhooks"
          : "times in rows and figures are off by as much",
      "timedatectl set-ntp true, on whichever is wrong",
      false};
}

findings examine_postgres(const config::common_options& options) {
  findings out;
  database db(
      options.postgres, config::make_logger("doctor", options),
      {.connect = doctor_budget, .lock = doctor_budget, .statement = doctor_budget}
  );
  if (const auto first = db.query("select 1"); !first.ok()) {
    out.away(
        "postgres.reach", describe(*first.failure),
        "systemctl status postgresql; check --postgres, its role and password"
    );
    return out;
  }
  out.ok("postgres.reach", "answers");
  const auto before = system_clock::now();
  const auto answer = db.query(facts_statement);
  const auto here = before + (system_clock::now() - before) / 2;
  if (!answer.ok()) {
    out.away("postgres.settings", describe(*answer.failure), "try again");
    return out;
  }
  const auto now = read_facts(answer.rows.front());
  check_settings(out, now);
  check_connections(out, now);
  check_pooler(out, db, options, now);
  check_schema(out, db);
  check_grants(out, db);
  check_pause(out, db);
  const double local = std::chrono::duration<double>(here.time_since_epoch()).count();
  const auto clock = judge_clock("clock.postgres", "PostgreSQL", now.clock - local);
  out.add(clock.check, clock.how, clock.what, clock.reason, clock.mend);
  return out;
}

}  // namespace trunkline::admin
