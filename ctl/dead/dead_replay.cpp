// SPDX-License-Identifier: Apache-2.0
// trunkline dead replay ID... | --all [filter]
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "ctl/dead/dead.hpp"
#include "ctl/output.hpp"
#include "ctl/verbs.hpp"

namespace trunkline::ctl {
namespace {

struct settings {
  config::common_options common;
  dead_filter_options which;
  std::vector<std::string> ids;
  bool all = false, yes = false, json = false;
};

// What one run may touch; said when there is more.
constexpr int most = 100000;

struct selection {
  std::vector<std::int64_t> ids;
  std::vector<std::string> left_alone;  // "4711 is processed"
  bool more = false;
  std::optional<database_failure> failure;
};

selection select_by_filter(const settings& given, database& db) {
  const auto list = find_dead(db, given.which.filter(most));
  selection out;
  out.more = list.more;
  out.failure = list.failure;
  for (const auto& letter : list.letters) out.ids.push_back(letter.id);
  return out;
}

selection select_by_id(const settings& given, database& db) {
  selection out;
  for (const auto& id : given.ids) {
    const auto lookup = find_event(db, id);
    out.failure = lookup.failure;
    if (out.failure) return out;
    if (lookup.found.empty()) out.left_alone.push_back(printable(id) + ": no such event");
    for (const auto& event : lookup.found) {
      if (event.state == "dead")
        out.ids.push_back(event.id);
      else
        out.left_alone.push_back(printable(id) + ": it is " + event.state + ", not dead");
    }
  }
  std::sort(out.ids.begin(), out.ids.end());
  out.ids.erase(std::unique(out.ids.begin(), out.ids.end()), out.ids.end());
  return out;
}

bool confirmed(std::size_t count) {
  std::fprintf(stderr, "replay %zu dead letters? Type yes: ", count);
  std::string answer;
  return std::getline(std::cin, answer) && answer == "yes";
}

void report(const settings& given, const selection& chosen, const replayed& done) {
  if (given.json) {
    std::vector<json_object> rows;
    for (const auto id : done.ids) rows.push_back(json_object().number("id", id));
    std::puts(json_object()
                  .list("replayed", rows)
                  .strings("left_alone", chosen.left_alone)
                  .boolean("more", chosen.more)
                  .str()
                  .c_str());
    return;
  }
  for (const auto& line : chosen.left_alone) std::fprintf(stderr, "%s\n", line.c_str());
  if (done.ids.size() <= 20)
    for (const auto id : done.ids)
      std::printf("%lld: retrying, due now\n", static_cast<long long>(id));
  std::printf("%zu replayed\n", done.ids.size());
  if (chosen.more) std::puts("there are more: run it again");
}

int run(const settings& given) {
  if (given.all != given.ids.empty() || (given.which.any() && !given.all))
    return complain(
        "dead replay", "give either ids, or --all with or without a filter", exit_code::usage
    );
  database db(given.common.postgres, config::make_logger("dead", given.common));
  const auto chosen = given.all ? select_by_filter(given, db) : select_by_id(given, db);
  if (chosen.failure) return complain("dead replay", *chosen.failure);
  if (chosen.ids.size() > 1 && !given.yes && !confirmed(chosen.ids.size()))
    return complain(
        "dead replay", "nothing was replayed: not confirmed (--yes to go without a question)",
        exit_code::failed
    );
  const auto done = replay(db, chosen.ids);
  if (done.failure) {
    if (!done.ids.empty())
      std::fprintf(stderr, "%zu were replayed before this:\n", done.ids.size());
    return complain("dead replay", *done.failure);
  }
  report(given, chosen, done);
  const bool all_done = chosen.left_alone.empty() && done.ids.size() == chosen.ids.size();
  return as_int(all_done ? exit_code::ok : exit_code::failed);
}

}  // namespace

config::verb dead_replay() {
  auto given = std::make_shared<settings>();
  return {
      .name = "dead replay",
      .description = "Try dead letters again: they become retrying, due at once",
      .examples =
          "  trunkline dead replay 4711\n"
          "  trunkline dead replay --all --error 'violates check constraint' --yes\n"
          "A replayed event goes the normal way. What is not dead (any more) is named and left "
          "alone, so\n"
          "replaying twice has the effect of once.\n"
          "Exit codes: 0 all replayed, 1 some left alone (or not confirmed), 3 Postgres is away.\n",
      .declare =
          [given](config::option_set& options, CLI::App& app) {
            app.add_option("ID", given->ids, "Row numbers, event ids or delivery ids");
            options.flag("all", given->all, "All dead letters that fit the filter");
            given->which.declare(options);
            options.flag("yes", given->yes, "Ask nothing");
            options.flag("json", given->json, "Print one JSON object");
            config::add_common(options, given->common, config::uses::postgres);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::ctl
