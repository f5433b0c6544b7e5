// SPDX-License-Identifier: Apache-2.0
// trunkline dead replay ID... | --all [filter]
#include <algorithm>
#include <cstdio>

#include "admin/control/controls.hpp"
#include "cli/batch_runner.hpp"
#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/dead/dead.hpp"
#include "cli/dead/dead_rehearsal.hpp"
#include "cli/operator_name.hpp"
#include "cli/output.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  event_filter_options which;
  std::vector<std::string> ids;
  int rate = 0, limit = 0;
  bool all = false, yes = false, json = false, dry_run = false;
};

void print_json(const dead_selection& chosen, const batch_result& done) {
  constexpr std::size_t most = 1000;
  std::vector<json_object> rows;
  for (const auto id : done.ids)
    if (rows.size() < most) rows.push_back(json_object().number("id", id));
  std::puts(json_object()
                .number("count", static_cast<std::int64_t>(done.ids.size()))
                .list("replayed", rows)
                .strings("left_alone", chosen.left_alone)
                .boolean("stopped", done.stopped)
                .boolean("more", chosen.more)
                .str()
                .c_str());
}

void print_text(const dead_selection& chosen, const batch_result& done) {
  for (const auto& line : chosen.left_alone) std::fprintf(stderr, "%s\n", line.c_str());
  if (done.ids.size() <= 20)
    for (const auto id : done.ids)
      std::printf("%lld: retrying, due now\n", static_cast<long long>(id));
  std::printf("%zu replayed\n", done.ids.size());
  if (done.stopped)
    std::printf("stopped as asked: %zu are still dead\n", chosen.ids.size() - done.ids.size());
  if (chosen.more) std::puts("there are more: run it again");
}

int replay_all(const settings& given, database& db, const dead_selection& chosen) {
  const auto done =
      run_batches(chosen.ids, {given.rate, !given.json}, [&db](const std::string& ids) {
        return replay(db, ids, operator_name());
      });
  if (done.failure) {
    if (!done.ids.empty())
      std::fprintf(stderr, "%zu were replayed before this:\n", done.ids.size());
    return report_write_failure("dead replay", *done.failure);
  }
  given.json ? print_json(chosen, done) : print_text(chosen, done);
  const bool all_done = chosen.left_alone.empty() && done.ids.size() == chosen.ids.size();
  return as_int(all_done ? exit_code::ok : exit_code::failed);
}

int rehearse_some(const settings& given, const dead_selection& chosen) {
  for (const auto& line : chosen.left_alone) std::fprintf(stderr, "%s\n", line.c_str());
  // Each takes the locks of a batch for some milliseconds: enough to judge by, and no load.
  constexpr int enough = 20;
  const rehearsal_options how{
      .conninfo = given.common.postgres,
      .limit = static_cast<std::size_t>(given.limit > 0 ? given.limit : enough),
      .json = given.json};
  const int code = rehearse(how, chosen.ids, chosen.more);
  return chosen.left_alone.empty() ? code : std::max(code, as_int(exit_code::failed));
}

int run(const settings& given) {
  if (const auto wrong = check_selection(given.ids, given.all, given.which); !wrong.empty())
    return report_error("dead replay", wrong, exit_code::usage);
  database db(given.common.postgres, config::make_logger("dead", given.common));
  auto chosen = select_dead(db, given.ids, given.which.filter());
  if (chosen.failure) return report_error("dead replay", *chosen.failure);
  if (!chosen.ids.empty())
    if (const auto denied = lacks_right(db, "update"))
      return report_write_failure("dead replay", *denied);
  if (given.dry_run) return rehearse_some(given, chosen);
  if (given.limit > 0 && chosen.ids.size() > static_cast<std::size_t>(given.limit)) {
    chosen.ids.resize(static_cast<std::size_t>(given.limit));
    chosen.more = true;
  }
  const auto count = std::to_string(chosen.ids.size()) + (chosen.more ? "+" : "");
  if (chosen.ids.size() > 1 && !given.yes && !confirmed("replay " + count + " dead letters?"))
    return report_error(
        "dead replay", "nothing was replayed: not confirmed (--yes to go without a question)",
        exit_code::failed
    );
  return replay_all(given, db, chosen);
}

}  // namespace

config::command dead_replay() {
  auto given = std::make_shared<settings>();
  return {
      .name = "dead replay",
      .description = "Try dead letters again: they become retrying, due at once",
      .examples =
          "  trunkline dead replay 4711\n"
          "  trunkline dead replay --all --error 'violates check constraint' --dry-run\n"
          "  trunkline dead replay --all --error 'violates check constraint' --rate 200 --yes\n"
          "  trunkline dead replay --all --phone +14155550142 --until 2026-11-20T17:00 --limit 10\n"
          "A replayed event goes the normal way. What is not dead (any more) is named and left "
          "alone, so\n"
          "replaying twice has the effect of once. --dry-run applies the oldest (20, or --limit) "
          "in "
          "transactions\n"
          "that are rolled back, and prints the rows they would change (texts as their length).\n"
          "Exit codes: 0 all replayed, 1 some left alone (not confirmed, or a login that may not "
          "write), 3 Postgres is\naway.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.several("ID", given->ids, "Row numbers, event ids or delivery ids");
            options.flag("all", given->all, "All dead letters that fit the filter");
            given->which.declare(options, filter_set::dead);
            options.integer(
                "limit", given->limit, "Most to replay, oldest first; 0: all, with --dry-run 20", 0,
                1000000
            );
            options.integer("rate", given->rate, "Most a second; 0: all at once", 0, 100000);
            options.flag("dry-run", given->dry_run, "Change nothing, show what it would do");
            options.flag("yes", given->yes, "Ask nothing");
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"all", "limit", "rate", "dry-run", "yes"});
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
