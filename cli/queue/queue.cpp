// SPDX-License-Identifier: Apache-2.0
// trunkline queue
#include <cstdio>

#include "admin/queue/queue_readers.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/queue/queue_text.hpp"
#include "cli/queue/queue_watch.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  std::string max_age;
  int max_depth = -1;
  bool json = false;
  std::optional<double> watch;
};

queue_limits limits_of(const settings& options) {
  queue_limits limits;
  if (!options.max_age.empty()) limits.max_age = parse_duration(options.max_age);
  if (options.max_depth >= 0) limits.max_depth = options.max_depth;
  return limits;
}

exit_code exit_code_of(queue_status status) {
  switch (status) {
    case queue_status::ok:
    case queue_status::warning:
      return exit_code::ok;
    case queue_status::critical:
      return exit_code::critical;
    case queue_status::unknown:
      break;
  }
  return exit_code::unknown;
}

[[noreturn]] void run(const settings& options) {
  const auto sample = [&options] {
    auto report = read_queue(options.common);
    auto verdict = judge(report, limits_of(options));
    return std::pair(std::move(report), std::move(verdict));
  };
  if (options.watch) {
    watch_queue(*options.watch, options.json, sample);
    exit_immediately(exit_code::ok);
  }
  const auto [report, verdict] = sample();
  std::fputs((options.json ? as_json(report, verdict) : as_text(report, verdict)).c_str(), stdout);
  exit_immediately(exit_code_of(verdict.status));
}

void declare(config::option_set& set, config::arguments& words, settings& options) {
  const std::string group = "Limits (exit code 2 if exceeded)";
  set.text(
      "max-age", options.max_age, "Maximum age of a delivery without an outcome",
      {.group = group, .value = "DURATION"}
  );
  set.check("max-age", [&options]() -> std::string {
    if (options.max_age.empty() || parse_duration(options.max_age)) return "";
    return "must be a number and a unit, such as 60s or 6h";
  });
  set.integer(
      "max-depth", options.max_depth, "Maximum number of deliveries without an outcome; -1: none",
      -1, 2147483647, {.group = group}
  );
  set.flag("json", options.json, "Print one JSON object; unknown values are null");
  words.seconds("watch", options.watch, "Repeat every SECONDS until Ctrl-C", 2);
  config::add_common(set, options.common, config::uses::both);
}

}  // namespace

config::command queue() {
  auto options = std::make_shared<settings>();
  return {
      .name = "queue",
      .description = "Show the state of the pipeline and a verdict",
      .examples =
          "  trunkline queue\n"
          "  trunkline queue --max-age 5m --max-depth 1000   for a monitor\n"
          "  trunkline queue --json | jq .dead.count\n"
          "  trunkline queue --watch                         every 2 s, until Ctrl-C\n"
          "  trunkline queue --watch 10 >> queue.log         one line per sample\n"
          "The first line is the verdict: OK, WARNING, CRITICAL or UNKNOWN. Ready, pending and "
          "retrying\n"
          "deliveries have no outcome yet.\n"
          "Exit codes: 0 OK or WARNING, 2 CRITICAL, 3 UNKNOWN; with --watch always 0.\n"
          "The command ends within 2 seconds, even if a server hangs.\n",
      .declare = [options](
                     config::option_set& set, config::arguments& words
                 ) { declare(set, words, *options); },
      .run = [options]() -> int { run(*options); }};
}

}  // namespace trunkline::cli
