// SPDX-License-Identifier: Apache-2.0
// trunkline workers drain
#include <cstdio>
#include <thread>

#include "admin/workers/drain.hpp"
#include "cli/commands.hpp"
#include "cli/operator_name.hpp"
#include "cli/output.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

using std::chrono::milliseconds;

struct settings {
  config::common_options common;
  std::vector<std::string> ids;
  milliseconds wait{30000};
  bool all = false, json = false;
};

constexpr const char* name = "workers drain";

int fail(const std::string& message, exit_code code) {
  return report_error(name, message, code);
}

int report(const settings& options, const drain_progress& end) {
  if (options.json)
    std::puts(as_json(end).c_str());
  else
    for (const auto& id : end.drained) std::printf("%s: drained\n", printable(id).c_str());
  for (const auto& id : end.ended)
    fail(id + " ended without draining: see its log", exit_code::failed);
  if (!end.running.empty())
    return fail(
        std::to_string(end.running.size()) + " still running after " +
            format_duration(options.wait) + ", first " + end.running.front() + " (" +
            end.first_running + "): wait, or send it SIGTERM",
        exit_code::failed
    );
  return as_int(end.ended.empty() ? exit_code::ok : exit_code::failed);
}

int run(const settings& options) {
  if (options.all != options.ids.empty()) return fail("give either IDs or --all", exit_code::usage);
  constexpr milliseconds budget{1500};
  const auto known = read_workers(options.common, budget);
  if (!known.problem.empty()) return fail(known.problem, exit_code::unknown);
  const auto selected =
      options.all ? select_all_workers(known) : select_workers(known, options.ids);
  if (!selected.problem.empty()) return fail(selected.problem, exit_code::failed);
  database db(
      options.common.postgres, config::make_logger("workers", options.common),
      {.connect = budget, .lock = budget, .statement = budget}
  );
  if (const auto requested = request_drain(db, selected.ids, operator_name()); !requested.ok())
    return report_write_failure(name, *requested.failure);

  const auto end = std::chrono::steady_clock::now() + options.wait;
  for (;;) {
    const auto now = read_workers(options.common, budget);
    const bool late = std::chrono::steady_clock::now() >= end;
    if (now.problem.empty()) {
      const auto progress = drain_progress_of(selected.ids, now);
      if (progress.running.empty() || late) return report(options, progress);
    } else if (late) {
      report(options, {});
      return fail(now.problem, exit_code::unknown);
    }
    std::this_thread::sleep_for(milliseconds(100));
  }
}

void declare(config::option_set& set, config::arguments& words, settings& options) {
  words.several("ID", options.ids, "Worker ids from `workers list`, or unique prefixes");
  set.flag("all", options.all, "Drain every running worker");
  set.duration(
      "wait", options.wait, "Maximum time to wait for the workers to end", milliseconds(0),
      std::chrono::hours(1)
  );
  set.flag("json", options.json, "Print one JSON object");
  set.per_call({"all", "wait"});
  config::add_common(set, options.common, config::uses::both);
}

}  // namespace

config::command workers_drain() {
  auto options = std::make_shared<settings>();
  return {
      .name = name,
      .description = "Drain workers: finish batches in flight, then exit",
      .examples =
          "  trunkline workers drain ops1-4711        by id, or by a unique prefix\n"
          "  trunkline workers drain --all --wait 1m\n"
          "A worker drains as on SIGTERM. A process that a supervisor starts again has a new id "
          "and "
          "is not\n"
          "drained again, so that this is a restart.\n"
          "Exit codes: 0 all drained; 1 some not drained within --wait, no such worker, or missing "
          "privilege;\n"
          "3 a server is unreachable.\n",
      .declare = [options](
                     config::option_set& set, config::arguments& words
                 ) { declare(set, words, *options); },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
