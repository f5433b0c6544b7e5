// SPDX-License-Identifier: Apache-2.0
// trunkline workers drain ID... | --all
#include <algorithm>
#include <cstdio>
#include <thread>

#include "cli/output.hpp"
#include "common/text/units.hpp"
#include "common/postgres/postgres.hpp"
#include "admin/control/controls.hpp"
#include "cli/commands.hpp"
#include "cli/operator_name.hpp"
#include "admin/workers/worker_processes.hpp"

namespace trunkline::cli {
namespace {

using std::chrono::milliseconds;

struct settings {
  config::common_options common;
  std::vector<std::string> ids;
  milliseconds timeout{30000};
  bool all = false, json = false;
};

struct selection {
  std::vector<std::string> ids;
  std::string problem;
};

// Each by its id, or by what begins only one.
selection choose(const settings& given, const worker_cards& known) {
  selection out;
  for (const auto& card : known.workers)
    if (given.all && card.alive()) out.ids.push_back(card.id);
  for (const auto& id : given.ids) {
    std::vector<std::string> found;
    for (const auto& card : known.workers)
      if (card.alive() && card.id.starts_with(id)) found.push_back(card.id);
    if (std::find(found.begin(), found.end(), id) != found.end()) found = {id};
    if (found.size() != 1) {
      out.problem =
          found.empty() ? "no running worker '" + id + "'" : "'" + id + "' begins several ids";
      out.problem += ": see trunkline workers list";
      return out;
    }
    if (std::find(out.ids.begin(), out.ids.end(), found[0]) == out.ids.end())
      out.ids.push_back(found[0]);
  }
  if (out.ids.empty()) out.problem = "no worker is running";
  return out;
}

query_result ask(database& db, const std::vector<std::string>& ids) {
  return db.query(
      "with asked as (select unnest($1::text[]) as id), "
      "written as (insert into controls as c (name, value, changed_at, changed_by) "
      "select 'drain:' || id, 'on', now(), $2 from asked on conflict (name) do update set "
      "changed_at = now(), changed_by = excluded.changed_by returning c.name) "
      "insert into operator_log (action, target, who) select 'drain', substr(name, 7), $2 from "
      "written",
      {postgres::array_of(ids), operator_name()}
  );
}

struct progress {
  std::vector<std::string> left, remain;  // gone in order; still there
  std::vector<std::string> broken;        // ended, but not in order
  std::string why;                        // of the first that is still there
};

progress compare(const std::vector<std::string>& asked, const worker_cards& now) {
  progress out;
  for (const auto& id : asked) {
    const auto found = std::find_if(now.workers.begin(), now.workers.end(), [&](const auto& card) {
      return card.id == id;
    });
    if (found == now.workers.end()) {
      out.left.push_back(id);
    } else if (!found->alive()) {
      out.broken.push_back(id);
    } else {
      out.remain.push_back(id);
      if (out.why.empty())
        out.why = found->state + (found->reason.empty() ? "" : ": " + found->reason) +
                  (found->pid ? "; pid " + std::to_string(*found->pid) + " on " + found->host : "");
    }
  }
  return out;
}

int report(const settings& given, const progress& end, const std::string& problem) {
  if (given.json)
    std::puts(json_object()
                  .strings("drained", end.left)
                  .strings("not_in_order", end.broken)
                  .strings("still_running", end.remain)
                  .str()
                  .c_str());
  else
    for (const auto& id : end.left) std::printf("%s: drained\n", printable(id).c_str());
  for (const auto& id : end.broken)
    report_error(
        "workers drain", id + " ended, but did not leave in order: see its log", exit_code::failed
    );
  if (!problem.empty()) return report_error("workers drain", problem, exit_code::unknown);
  if (!end.remain.empty())
    return report_error(
        "workers drain",
        std::to_string(end.remain.size()) + " of them still there after " +
            format_duration(given.timeout) + ", the first is " + end.remain.front() + " (" +
            end.why + "). It drains as soon as it looks again; if it does not, send it SIGTERM",
        exit_code::failed
    );
  return as_int(end.broken.empty() ? exit_code::ok : exit_code::failed);
}

int run(const settings& given) {
  if (given.all != given.ids.empty())
    return report_error("workers drain", "give either ids, or --all", exit_code::usage);
  constexpr milliseconds budget{1500};
  const auto known = read_workers(given.common, budget);
  if (!known.problem.empty()) return report_error("workers drain", known.problem, exit_code::unknown);
  const auto chosen = choose(given, known);
  if (!chosen.problem.empty()) return report_error("workers drain", chosen.problem, exit_code::failed);
  database db(
      given.common.postgres, config::make_logger("workers", given.common),
      {.connect = budget, .lock = budget, .statement = budget}
  );
  if (const auto asked = ask(db, chosen.ids); !asked.ok())
    return report_write_failure("workers drain", *asked.failure);

  const auto end = std::chrono::steady_clock::now() + given.timeout;
  for (;;) {
    const auto now = read_workers(given.common, budget);
    const bool late = std::chrono::steady_clock::now() >= end;
    if (now.problem.empty()) {
      const auto state = compare(chosen.ids, now);
      if (state.remain.empty() || late) return report(given, state, "");
    } else if (late) {
      return report(given, {}, now.problem);
    }
    std::this_thread::sleep_for(milliseconds(100));
  }
}

}  // namespace

config::command workers_drain() {
  auto given = std::make_shared<settings>();
  return {
      .name = "workers drain",
      .description = "Let workers finish what they have in hand and exit, as on SIGTERM",
      .examples =
          "  trunkline workers drain ops1-4711        by id, or as much of it as only one has\n"
          "  trunkline workers drain --all --timeout 1m\n"
          "A worker that is started again has a new id and is not drained again. Where a "
          "supervisor "
          "starts it\n"
          "again at once, this is a restart.\n"
          "Exit codes: 0 all drained, 1 some not (within --timeout), no such worker or refused, 3 "
          "a "
          "server is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            words.several("ID", given->ids, "Ids of `workers list`");
            options.flag("all", given->all, "All that run now");
            options.duration(
                "timeout", given->timeout, "How long to wait for their end", milliseconds(0),
                std::chrono::hours(1)
            );
            options.flag("json", given->json, "Print one JSON object");
            options.per_call({"all"});
            config::add_common(options, given->common, config::uses::both);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
