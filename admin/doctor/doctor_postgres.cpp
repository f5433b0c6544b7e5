// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "admin/control/controls.hpp"
#include "admin/database.hpp"
#include "admin/doctor/doctor.hpp"
#include "common/text/units.hpp"
#include "schema/sql.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::system_clock;
constexpr const char* run_roles = "psql -d trunkline -f schema/roles.sql, as a superuser";

struct server_settings {
  int version = 0;
  std::string version_text, synchronous_commit, fsync, full_page_writes, lock_timeout;
  int max_connections = 0, reserved = 0, used = 0;
  bool standby = false;
  double clock = 0;
};

query_result run(database& db, std::string_view statement) {
  return db.query(std::string(sql::query(statement)));
}

int integer(const std::optional<std::string>& text) {
  return text ? std::atoi(text->c_str()) : 0;
}

server_settings read_settings(const database_row& row) {
  server_settings out;
  out.version = integer(row[0]);
  out.version_text = row[1].value_or("");
  out.synchronous_commit = row[2].value_or("");
  out.fsync = row[3].value_or("");
  out.full_page_writes = row[4].value_or("");
  out.max_connections = integer(row[5]);
  out.reserved = integer(row[6]);
  out.used = integer(row[7]);
  out.standby = row[8] == "t";
  out.clock = std::strtod(row[9].value_or("0").c_str(), nullptr);
  out.lock_timeout = row[10].value_or("");
  return out;
}

void check_settings(findings& out, const server_settings& now) {
  if (now.version >= 150000)
    out.ok("postgres.version", now.version_text);
  else
    out.add(
        "postgres.version", level::warning, now.version_text, "tested with PostgreSQL 15 only",
        "pg_upgradecluster to 15"
    );
  if (now.standby)
    out.add(
        "postgres.role", level::error, "standby", "a standby accepts no writes",
        "set --postgres to the address of the primary"
    );
  else
    out.ok("postgres.role", "primary");
  const auto setting = [&](const char* name, const std::string& value, bool good) {
    if (good) return out.ok(std::string("postgres.") + name, value);
    out.add(
        std::string("postgres.") + name, level::error, value,
        "a crash loses rows of deliveries that are no longer in Redis",
        std::string("alter system set ") + name + " = on; select pg_reload_conf();"
    );
  };
  // All values except off wait for the disk of this server.
  setting("synchronous_commit", now.synchronous_commit, now.synchronous_commit != "off");
  setting("fsync", now.fsync, now.fsync == "on");
  setting("full_page_writes", now.full_page_writes, now.full_page_writes == "on");
}

// A worker uses one connection per thread, and up to three more for a short time (docs/sizing.md).
void check_connections(findings& out, const server_settings& now) {
  const int available = now.max_connections - now.reserved;
  const int free = available - now.used + 1;  // this connection is counted as used
  const auto what = std::to_string(now.used) + " of " + std::to_string(available) + " in use";
  const std::string fix =
      "run fewer workers or threads, or raise max_connections and restart PostgreSQL";
  if (free < 1)
    out.add("postgres.connections", level::error, what, "workers cannot connect", fix);
  else if (free < 2)
    out.add(
        "postgres.connections", level::warning, what,
        "after a failed transaction a worker needs a new connection to probe the server", fix
    );
  else
    out.ok("postgres.connections", what);
}

// Two connections that are open at the same time have different server processes, unless a pooler
// assigns server connections by transaction.
void check_pooler(
    findings& out, database& one, const config::common_options& options, const server_settings& now
) {
  database other(
      options.postgres, config::make_logger("doctor", options),
      {.connect = doctor_budget, .lock = doctor_budget, .statement = doctor_budget}
  );
  // Detects a pooler that rotates its server connections, and one that uses the same one again.
  bool shared = false;
  std::string first;
  for (auto* each : {&one, &one, &one, &other}) {
    const auto result = run(*each, "admin/doctor/backend");
    if (!result.ok())
      return out.add(
          "postgres.pooler", level::warning, "unknown: no second connection",
          describe(*result.failure), "run trunkline doctor again"
      );
    const auto pid = result.rows[0][0].value_or("");
    if (first.empty()) first = pid;
    shared = shared || (each == &one) != (pid == first);
  }
  if (shared)
    return out.add(
        "postgres.pooler", level::error, "a pooler in transaction mode",
        "workers use prepared statements and session settings: they are blocked",
        "set pool_mode = session for this database in pgbouncer.ini and reload it, or connect "
        "directly"
    );
  if (now.lock_timeout == "0")
    return out.add(
        "postgres.pooler", level::warning, "a pooler drops startup options",
        "workers are blocked rather than run without timeouts",
        "connect directly, or set the options for the role: docs/postgresql.md"
    );
  out.ok("postgres.pooler", "none in transaction mode");
}

void check_schema(findings& out, database& db) {
  const auto known = std::atoi(std::string(sql::migrations().back().name.substr(0, 4)).c_str());
  const auto result = run(db, "admin/doctor/migrations");
  const auto needs = "this program needs " + std::to_string(known);
  if (!result.ok())
    return out.add(
        "postgres.migrations", level::error,
        result.failure->missing_table() ? "no tables of Trunkline" : describe(*result.failure),
        needs, result.failure->missing_table() ? "trunkline migrate, as trunkline_owner" : run_roles
    );
  const int version = integer(result.rows[0][0]);
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

void check_grants(findings& out, database& db) {
  const auto result = run(db, "admin/doctor/grants");
  if (!result.ok())
    return out.add(
        "postgres.roles", level::warning, "unknown", describe(*result.failure), run_roles
    );
  const auto& row = result.rows[0];
  if (row[0] && !row[0]->empty())
    out.add(
        "postgres.roles", level::warning, "missing: " + *row[0],
        "programs then run with more privileges than they need", run_roles
    );
  else if (row[2])
    out.add(
        "postgres.roles", level::warning, "with cluster-wide privileges: " + *row[2],
        "no role of Trunkline needs them", "alter role ... nosuperuser nocreaterole nocreatedb"
    );
  else
    out.ok("postgres.roles", "owner, worker, readonly");
  if (row[1])
    out.add(
        "postgres.grants", level::error, "missing: " + *row[1], "workers are blocked without them",
        run_roles
    );
  else
    out.ok("postgres.grants", "as in schema/roles.sql");
}

void check_pause(findings& out, database& db) {
  const auto now = read_pause(db);
  if (now.failure) return;  // postgres.migrations reports it
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
      digits, sizeof digits, "%.1f s %s the clock of this machine", off,
      ahead < 0 ? "behind" : "ahead of"
  );
  const auto what = "clock of " + server + ": " + digits;
  if (off < 2) return {check, level::ok, what, "", "", false};
  const bool far = off >= 300;
  return {
      check,
      far ? level::error : level::warning,
      what,
      far ? "a gateway whose clock is 5 minutes off rejects Standard Webhooks signatures"
          : "times in rows and statistics are wrong by as much",
      "timedatectl set-ntp true, on the machine whose clock is wrong",
      false};
}

findings examine_postgres(const config::common_options& options) {
  findings out;
  database db(
      options.postgres, config::make_logger("doctor", options),
      {.connect = doctor_budget, .lock = doctor_budget, .statement = doctor_budget}
  );
  if (const auto first = run(db, "admin/doctor/connect"); !first.ok()) {
    out.unreachable(
        "postgres.reach", describe(*first.failure),
        "systemctl status postgresql; check --postgres, its role and password"
    );
    return out;
  }
  out.ok("postgres.reach", "reachable");
  const auto before = system_clock::now();
  const auto result = run(db, "admin/doctor/settings");
  const auto here = before + (system_clock::now() - before) / 2;
  if (!result.ok()) {
    out.unreachable("postgres.settings", describe(*result.failure), "run trunkline doctor again");
    return out;
  }
  const auto now = read_settings(result.rows.front());
  check_settings(out, now);
  check_connections(out, now);
  check_pooler(out, db, options, now);
  check_schema(out, db);
  check_grants(out, db);
  check_pause(out, db);
  const double local = std::chrono::duration<double>(here.time_since_epoch()).count();
  out.add(judge_clock("clock.postgres", "PostgreSQL", now.clock - local));
  return out;
}

}  // namespace trunkline::admin
