// SPDX-License-Identifier: Apache-2.0
// trunkline dead delete ID... | --all [filter]
#include <cstdio>

#include "admin/control/controls.hpp"
#include "admin/control/structure_lock.hpp"
#include "cli/batch_runner.hpp"
#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/dead/dead.hpp"
#include "cli/operator_name.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  event_filter_options which;
  std::vector<std::string> ids;
  std::string reason;
  bool all = false, yes = false, json = false;
};

std::string selection_text(const settings& given) {
  if (given.all) return given.which.any() ? "--all " + given.which.describe() : "--all";
  std::string out;
  for (const auto& id : given.ids) out += (out.empty() ? "" : " ") + id;
  return out;
}

// Deleting and noting it are one statement: the record is never behind. Copies go with their event;
// what comes later with the same bytes is a new event, with copies of its own.
constexpr const char* delete_sql =
    "with chosen as materialized (select id from webhook_events where id = any($1::bigint[]) and "
    "state = 'dead' order by id for update), "
    "gone as (delete from webhook_events e using chosen where e.id = chosen.id and e.state = "
    "'dead' returning e.id, e.event_key, e.event_id, e.event_type, e.delivery_id, e.entry_id, "
    "e.received_at, e.finished_at, e.error_message), "
    "copies as (delete from event_copies where event_key in (select event_key from gone) returning "
    "event_key), "
    "named as (insert into dead_deleted_events (deletion_id, id, event_key, event_id, event_type, "
    "delivery_id, entry_id, received_at, finished_at, reason, copies) select $2::bigint, g.id, "
    "g.event_key, left(g.event_id, 200), left(g.event_type, 200), left(g.delivery_id, 200), "
    "left(g.entry_id, 200), g.received_at, g.finished_at, left(g.error_message, 200), (select "
    "count(*) from copies c where c.event_key = g.event_key) from gone g), "
    "noted as (update dead_deletions set events = events + (select count(*) from gone), copies = "
    "copies + (select count(*) from copies), ended_at = now() where id = $2::bigint) "
    "select g.id, (select count(*) from copies) from gone g";

// Alone among the workers' batches: one that has just seen an event there would count a further
// copy for it, after it is gone, and so the copy would belong to nothing.
query_result delete_noted(database& db, const std::string& ids, const std::string& record) {
  return db.transaction({{structure_lock_sql()}, {delete_sql, {ids, record}}});
}

int refuse(const database_failure& failure) {
  const bool denied =
      failure.sqlstate == "42501" || failure.message.find("permission denied") != std::string::npos;
  if (denied)
    return report_error(
        "dead delete",
        "this login may not delete events: use the owner's (--postgres "
        "postgresql://trunkline_owner@...)",
        exit_code::failed
    );
  if (failure.sqlstate == "55P03")
    return report_error(
        "dead delete", "workers' batches were in the way for too long: run it again",
        exit_code::failed
    );
  if (failure.sqlstate == "42703" || failure.missing_table())
    return report_error(
        "dead delete", "the schema is too old for this: run 'trunkline migrate'", exit_code::failed
    );
  return report_error("dead delete", failure);
}

int report(
    const settings& given, const dead_selection& chosen, const batch_result& done,
    const std::string& record, std::int64_t copies
) {
  if (given.json) {
    std::puts(
        json_object()
            .number("deleted", static_cast<std::int64_t>(done.ids.size()))
            .number("copies", copies)
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
    if (copies > 0) std::printf(" with %lld further copies", static_cast<long long>(copies));
    if (!record.empty()) std::printf(", noted as row %s of dead_deletions", record.c_str());
    std::puts("");
    if (done.stopped) std::puts("stopped as asked: the others are still there");
    if (chosen.more) std::puts("there are more: run it again");
  }
  const bool all_done = chosen.left_alone.empty() && done.ids.size() == chosen.ids.size();
  return as_int(all_done ? exit_code::ok : exit_code::failed);
}

int delete_all(const settings& given, database& db, const dead_selection& chosen) {
  if (chosen.ids.empty()) return report(given, chosen, {}, "", 0);
  const auto record = db.query(
      "insert into dead_deletions (person, selection, reason) values ($1, $2, $3) returning id",
      {operator_name(), selection_text(given), given.reason}
  );
  if (!record.ok()) return refuse(*record.failure);
  const auto number = record.rows[0][0].value_or("");
  std::int64_t copies = 0;
  const auto done = run_batches(chosen.ids, {0, !given.json}, [&](const std::string& ids) {
    auto answer = delete_noted(db, ids, number);
    if (answer.ok() && !answer.rows.empty()) copies += std::stoll(answer.rows[0][1].value_or("0"));
    return answer;
  });
  if (done.failure) {
    if (!done.ids.empty())
      std::fprintf(
          stderr, "%zu were deleted before this (row %s of dead_deletions):\n", done.ids.size(),
          number.c_str()
      );
    return refuse(*done.failure);
  }
  return report(given, chosen, done, number, copies);
}

int run(const settings& given) {
  if (const auto wrong = check_selection(given.ids, given.all, given.which); !wrong.empty())
    return report_error("dead delete", wrong, exit_code::usage);
  database db(given.common.postgres, config::make_logger("dead", given.common));
  const auto chosen = select_dead(db, given.ids, given.which.filter());
  if (chosen.failure) return report_error("dead delete", *chosen.failure);
  if (!chosen.ids.empty())
    if (const auto denied = lacks_right(db, "delete")) return refuse(*denied);
  const auto count = std::to_string(chosen.ids.size()) + (chosen.more ? "+" : "");
  if (!chosen.ids.empty() && !given.yes &&
      !confirmed("delete " + count + " dead letters with their bytes, for good?"))
    return report_error(
        "dead delete", "nothing was deleted: not confirmed (--yes to go without a question)",
        exit_code::failed
    );
  return delete_all(given, db, chosen);
}

}  // namespace

config::command dead_delete() {
  auto given = std::make_shared<settings>();
  return {
      .name = "dead delete",
      .description = "Delete dead letters for good; asks, and keeps a record",
      .examples =
          "  trunkline dead delete 4711 --reason 'test of the provider'\n"
          "  trunkline dead delete --all --older-than 90d --reason retention --yes\n"
          "Needs the owner's login. Nothing but dead letters and the record of their further "
          "copies "
          "is ever\n"
          "deleted. dead_deletions says who deleted, when, by which filter and why; "
          "dead_deleted_events which\n"
          "events those were. The same delivery, sent again, would be a new event.\n"
          "Exit codes: 0 all deleted, 1 some left alone (or not confirmed), 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.several("ID", given->ids, "Row numbers, event ids or delivery ids");
            options.flag("all", given->all, "All dead letters that fit the filter");
            given->which.declare(options, filter_set::dead);
            options.text("reason", given->reason, "Why, for the record");
            options.flag("yes", given->yes, "Ask nothing");
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"all", "reason", "yes"});
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
