// SPDX-License-Identifier: Apache-2.0
// trunkline migrate [up|status]. A session advisory lock keeps two runs apart; each migration is a
// transaction with its own row of schema_migrations, so a failure leaves the ones before it done.
#include <cstdio>

#include "admin/database.hpp"
#include "admin/migrations/migration_plan.hpp"
#include "cli/output.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  std::string action = "up";
  std::chrono::milliseconds lock_wait{10000};
  bool json = false;
};

constexpr const char* table_sql =
    "create table if not exists schema_migrations ("
    "version integer primary key, name text not null, checksum text not null, "
    "applied_at timestamptz not null default now(), compatible_from integer not null default 1)";
constexpr const char* applied_sql =
    "select version, name, checksum, to_char(applied_at at time zone 'UTC', "
    "'YYYY-MM-DD HH24:MI:SS\"Z\"') from schema_migrations order by version";
// Any fixed number will do, as long as nothing else of ours uses it.
constexpr const char* lock_sql = "select pg_advisory_lock(7021956601)";

int fail(const database_failure& failure, const std::string& while_doing) {
  if (failure.sqlstate == "55P03")
    return report_error(
        "migrate",
        while_doing +
            ": another session holds the lock (another migrate, or a worker that uses the tables); "
            "nothing was changed, try again",
        exit_code::failed
    );
  return report_error(
      "migrate", (while_doing.empty() ? "" : while_doing + ": ") + describe(failure),
      failure.unreachable ? exit_code::unknown : exit_code::failed
  );
}

std::vector<applied_migration> read_applied(const query_result& answer) {
  std::vector<applied_migration> applied;
  for (const auto& row : answer.rows)
    applied.push_back(
        {std::stoi(row[0].value_or("0")), row[1].value_or(""), row[2].value_or(""),
         row[3].value_or("")}
    );
  return applied;
}

json_object describe_json(const migration& what, const applied_migration* done) {
  json_object object;
  object.number("version", what.version)
      .text("name", what.name)
      .boolean("applied", done != nullptr);
  object.text("applied_at", done ? std::optional(done->applied_at) : std::nullopt);
  return object;
}

void print_status(
    const settings& given, const std::vector<migration>& known,
    const std::vector<applied_migration>& applied, const migration_plan& plan
) {
  std::vector<json_object> list;
  std::vector<std::vector<std::string>> lines;
  for (const auto& each : known) {
    const applied_migration* done = nullptr;
    for (const auto& row : applied)
      if (row.version == each.version) done = &row;
    list.push_back(describe_json(each, done));
    lines.push_back({each.name, done ? "applied " + done->applied_at : "not applied"});
  }
  const bool current = plan.pending.empty() && plan.problem.empty();
  if (given.json) {
    json_object out;
    out.boolean("current", current).list("migrations", list);
    out.text("problem", plan.problem.empty() ? std::nullopt : std::optional(plan.problem));
    std::puts(out.str().c_str());
    return;
  }
  std::puts(
      !plan.problem.empty() ? ("ERROR: " + plan.problem).c_str()
      : current
          ? "OK: the schema is current"
          : (std::to_string(plan.pending.size()) + " migrations to apply; run 'trunkline migrate'").c_str()
  );
  std::fputs(table(lines).c_str(), stdout);
}

int status(const settings& given, database& db, const std::vector<migration>& known) {
  auto answer = db.query(applied_sql);
  if (!answer.ok() && !answer.failure->missing_table()) return fail(*answer.failure, "");
  const auto applied = read_applied(answer);  // no table yet: nothing is applied
  const auto plan = plan_migrations(known, applied);
  print_status(given, known, applied, plan);
  return as_int(plan.pending.empty() && plan.problem.empty() ? exit_code::ok : exit_code::failed);
}

query_result apply_one(database& db, const migration& what) {
  return db.transaction(
      {{std::string(what.text)},
       {"insert into schema_migrations (version, name, checksum, compatible_from) "
        "values ($1::integer, $2, $3, $4::integer)",
        {std::to_string(what.version), what.name, what.checksum,
         std::to_string(what.compatible_from)}}}
  );
}

int up(const settings& given, database& db, const std::vector<migration>& known) {
  if (const auto locked = db.query(lock_sql); !locked.ok())
    return fail(*locked.failure, "waiting for the migration lock");
  if (const auto made = db.query(table_sql); !made.ok())
    return fail(*made.failure, "creating schema_migrations");
  const auto answer = db.query(applied_sql);
  if (!answer.ok()) return fail(*answer.failure, "reading schema_migrations");
  const auto plan = plan_migrations(known, read_applied(answer));
  if (!plan.problem.empty()) return report_error("migrate", plan.problem, exit_code::failed);

  std::vector<json_object> done;
  for (const migration* each : plan.pending) {
    if (!given.json) std::printf("applying %s ... ", each->name.c_str()), std::fflush(stdout);
    const auto applied = apply_one(db, *each);
    if (!given.json) std::puts(applied.ok() ? "done" : "failed");
    if (!applied.ok()) return fail(*applied.failure, each->name + " was not applied");
    done.push_back(json_object().number("version", each->version).text("name", each->name));
  }
  const int version = known.empty() ? 0 : known.back().version;
  if (given.json)
    std::puts(json_object().list("applied", done).number("version", version).str().c_str());
  else if (done.empty())
    std::printf("nothing to do: the schema is at version %d\n", version);
  else
    std::printf("the schema is at version %d\n", version);
  return as_int(exit_code::ok);
}

int run(const settings& given) {
  const auto known = known_migrations(sql::migrations());
  // Building an index may take its time; only waiting for others is bounded.
  database db(
      given.common.postgres, config::make_logger("migrate", given.common),
      {.lock = given.lock_wait, .statement = {}}
  );
  return given.action == "status" ? status(given, db, known) : up(given, db, known);
}

}  // namespace

config::command migrate() {
  auto given = std::make_shared<settings>();
  return {
      .name = "migrate",
      .description = "Apply schema migrations, or show their status",
      .examples =
          "  trunkline migrate                 apply missing migrations\n"
          "  trunkline migrate status          show the status; exit code 1 if any is missing\n"
          "  trunkline migrate --json --postgres 'service=trunkline_owner'\n"
          "Exit codes: 0 current, 1 failed, or not current (status), 3 PostgreSQL unreachable.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.word(
                "action", given->action, "up: apply, the default; status: show", {"up", "status"}
            );
            options.flag("json", given->json, "Print one JSON object");
            options.duration(
                "lock-wait", given->lock_wait,
                "Maximum wait for a table lock or another migration",
                std::chrono::milliseconds(100), std::chrono::minutes(10)
            );
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
