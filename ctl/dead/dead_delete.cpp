// SPDX-License-Identifier: Apache-2.0
// trunkline dead delete ID... | --all [filter]
#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>

#include "ctl/batches.hpp"
#include "ctl/dead/dead.hpp"
#include "ctl/output.hpp"
#include "ctl/verbs.hpp"

namespace trunkline::ctl {
namespace {

struct settings {
  config::common_options common;
  dead_filter_options which;
  std::vector<std::string> ids;
  std::string reason;
  bool all = false, yes = false, json = false;
};

// Who runs this, as far as the machine knows: user@host.
std::string person() {
  const auto* user = ::getpwuid(::getuid());
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return std::string(user != nullptr ? user->pw_name : std::to_string(::getuid()).c_str()) + "@" +
         host.data();
}

std::string selection_text(const settings& given) {
  if (given.all) return given.which.any() ? "--all " + given.which.describe() : "--all";
  std::string out;
  for (const auto& id : given.ids) out += (out.empty() ? "" : " ") + id;
  return out;
}

// Deleting and noting it are one statement: the record is never behind.
database_answer delete_noted(database& db, const std::string& ids, const std::string& record) {
  return db.query(
      "with gone as (delete from webhook_events where id in (select id from webhook_events where "
      "id = "
      "any($1::bigint[]) and state = 'dead' order by id for update) and state = 'dead' returning "
      "id), "
      "noted as (update dead_deletions set events = events + (select count(*) from gone), ended_at "
      "= "
      "now() where id = $2::bigint) select id from gone",
      {ids, record}
  );
}

int refuse(const database_failure& failure) {
  const bool denied =
      failure.sqlstate == "42501" || failure.message.find("permission denied") != std::string::npos;
  if (denied)
    return complain(
        "dead delete",
        "this login may not delete events: use the owner's (--postgres "
        "postgresql://trunkline_owner@...)",
        exit_code::failed
    );
  return complain("dead delete", failure);
}

int report(
    const settings& given, const dead_selection& chosen, const batch_result& done,
    const std::string& record
) {
  if (given.json) {
    std::puts(
        json_object()
            .number("deleted", static_cast<std::int64_t>(done.ids.size()))
            .number("record", record.empty() ? std::nullopt : std::optional(std::stoll(record)))
            .strings("left_alone", chosen.left_alone)
            .boolean("stopped", done.stopped)
            .boolean("more", chosen.more)
            .str()
            .c_str()
    );
  } else {
    for (const auto& line : chosen.left_alone) std::fprintf(stderr, "%s\n", line.c_str());
    std::printf("%zu deleted", done.ids.size());
    if (!record.empty()) std::printf(", noted as row %s of dead_deletions", record.c_str());
    std::puts("");
    if (done.stopped) std::puts("stopped as asked: the others are still there");
    if (chosen.more) std::puts("there are more: run it again");
  }
  const bool all_done = chosen.left_alone.empty() && done.ids.size() == chosen.ids.size();
  return as_int(all_done ? exit_code::ok : exit_code::failed);
}

int delete_all(const settings& given, database& db, const dead_selection& chosen) {
  if (chosen.ids.empty()) return report(given, chosen, {}, "");
  const auto record = db.query(
      "insert into dead_deletions (person, selection, reason) values ($1, $2, $3) returning id",
      {person(), selection_text(given), given.reason}
  );
  if (!record.ok()) return refuse(*record.failure);
  const auto number = record.rows[0][0].value_or("");
  const auto done = in_batches(chosen.ids, {0, !given.json}, [&](const std::string& ids) {
    return delete_noted(db, ids, number);
  });
  if (done.failure) {
    if (!done.ids.empty()) std::fprintf(stderr, "%zu were deleted before this:\n", done.ids.size());
    return refuse(*done.failure);
  }
  return report(given, chosen, done, number);
}

int run(const settings& given) {
  if (given.all != given.ids.empty() || (given.which.any() && !given.all))
    return complain(
        "dead delete", "give either ids, or --all with or without a filter", exit_code::usage
    );
  database db(given.common.postgres, config::make_logger("dead", given.common));
  const auto chosen = select_dead(db, given.ids, given.which);
  if (chosen.failure) return complain("dead delete", *chosen.failure);
  const auto count = std::to_string(chosen.ids.size()) + (chosen.more ? "+" : "");
  if (!chosen.ids.empty() && !given.yes &&
      !confirmed("delete " + count + " dead letters with their bytes, for good?"))
    return complain(
        "dead delete", "nothing was deleted: not confirmed (--yes to go without a question)",
        exit_code::failed
    );
  return delete_all(given, db, chosen);
}

}  // namespace

config::verb dead_delete() {
  auto given = std::make_shared<settings>();
  return {
      .name = "dead delete",
      .description = "Delete dead letters for good; asks, and keeps a record",
      .examples =
          "  trunkline dead delete 4711 --reason 'test of the provider'\n"
          "  trunkline dead delete --all --older-than 90d --reason retention --yes\n"
          "Needs the owner's login. Nothing but dead letters is ever deleted; the table "
          "dead_deletions says who\n"
          "deleted what, when and why. The same delivery, sent again, would be a new event.\n"
          "Exit codes: 0 all deleted, 1 some left alone (or not confirmed), 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, CLI::App& app) {
            app.add_option("ID", given->ids, "Row numbers, event ids or delivery ids");
            options.flag("all", given->all, "All dead letters that fit the filter");
            given->which.declare(options);
            options.text("reason", given->reason, "Why, for the record");
            options.flag("yes", given->yes, "Ask nothing");
            options.flag("json", given->json, "Print one JSON object");
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::ctl
