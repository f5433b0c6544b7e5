// SPDX-License-Identifier: Apache-2.0
// trunkline migrate [up|status]. An advisory lock serializes runs. Each migration and its row in
// schema_migrations are one transaction, so that a failure keeps the migrations before it.
#include <cstdio>

#include "admin/database.hpp"
#include "admin/migrations/schema_migrations.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  std::string action = "up";
  std::chrono::milliseconds lock_wait{10000};
  bool json = false;
};

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

json_object describe_json(const migration& what, const applied_migration* done) {
  json_object object;
  object.number("version", what.version)
      .text("name", what.name)
      .boolean("applied", done != nullptr);
  object.text("applied_at", done ? std::optional(done->applied_at) : std::nullopt);
  return object;
}

void print_status(
    const settings& options, const std::vector<migration>& known,
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
  if (options.json) {
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
          : (std::to_string(plan.pending.size()) + " migrations to apply; run 'trunkline migrate'")
                .c_str()
  );
  std::fputs(table(lines).c_str(), stdout);
}

int status(const settings& options, database& db, const std::vector<migration>& known) {
  const auto applied = read_migrations(db);
  if (applied.failure && !applied.failure->missing_table()) return fail(*applied.failure, "");
  const auto plan = plan_migrations(known, applied.list);
  print_status(options, known, applied.list, plan);
  return as_int(plan.pending.empty() && plan.problem.empty() ? exit_code::ok : exit_code::failed);
}

int up(const settings& options, database& db, const std::vector<migration>& known) {
  if (const auto failure = lock_migrations(db))
    return fail(*failure, "waiting for the migration lock");
  if (const auto failure = create_migrations_table(db))
    return fail(*failure, "creating schema_migrations");
  const auto applied = read_migrations(db);
  if (applied.failure) return fail(*applied.failure, "reading schema_migrations");
  const auto plan = plan_migrations(known, applied.list);
  if (!plan.problem.empty()) return report_error("migrate", plan.problem, exit_code::failed);

  std::vector<json_object> done;
  for (const migration* each : plan.pending) {
    if (!options.json) std::printf("applying %s ... ", each->name.c_str()), std::fflush(stdout);
    const auto failure = apply_migration(db, *each);
    if (!options.json) std::puts(failure ? "failed" : "done");
    if (failure) return fail(*failure, each->name + " was not applied");
    done.push_back(json_object().number("version", each->version).text("name", each->name));
  }
  const int version = known.empty() ? 0 : known.back().version;
  if (options.json)
    std::puts(json_object().list("applied", done).number("version", version).str().c_str());
  else if (done.empty())
    std::printf("nothing to do: the schema is at version %d\n", version);
  else
    std::printf("the schema is at version %d\n", version);
  return as_int(exit_code::ok);
}

int run(const settings& options) {
  const auto known = known_migrations(sql::migrations());
  // Only the wait for locks is bounded; building an index can take long.
  database db(
      options.common.postgres, config::make_logger("migrate", options.common),
      {.lock = options.lock_wait, .statement = {}}
  );
  return options.action == "status" ? status(options, db, known) : up(options, db, known);
}

}  // namespace

config::command migrate() {
  auto options = std::make_shared<settings>();
  return {
      .name = "migrate",
      .description = "Apply schema migrations, or show their status",
      .examples =
          "  trunkline migrate                 apply missing migrations\n"
          "  trunkline migrate status          show the status; exit code 1 if any is missing\n"
          "  trunkline migrate --json --postgres 'service=trunkline_owner'\n"
          "Exit codes: 0 current, 1 failed, or not current (status), 3 PostgreSQL unreachable.\n",
      .declare =
          [options](config::option_set& set, config::arguments& words) {
            words.word(
                "action", options->action, "up: apply, the default; status: show", {"up", "status"}
            );
            set.flag("json", options->json, "Print one JSON object");
            set.duration(
                "lock-wait", options->lock_wait,
                "Maximum wait for a table lock or another migration",
                std::chrono::milliseconds(100), std::chrono::minutes(10)
            );
            config::add_common(set, options->common, config::uses::postgres);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
