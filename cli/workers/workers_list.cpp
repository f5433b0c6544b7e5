// SPDX-License-Identifier: Apache-2.0
// trunkline workers list
#include <cstdio>

#include "admin/workers/worker_processes.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "common/text/units.hpp"

namespace trunkline::cli {
namespace {

struct settings {
  config::common_options common;
  bool json = false;
};

std::string number_text(std::optional<std::int64_t> value) {
  return value ? std::to_string(*value) : "?";
}

std::string age_text(const worker_processes& all, std::optional<std::int64_t> then) {
  const auto value = age(all, then);
  return value ? describe_age(*value) : "?";
}

std::string rate_text(const worker_process& process) {
  if (!process.rate) return process.alive() ? "?" : "-";
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.1f", *process.rate);
  return digits;
}

std::string as_text(const worker_processes& all) {
  if (all.workers.empty()) return "no worker is running\n";
  std::vector<std::vector<std::string>> lines{
      {"ID", "VERSION", "THREADS", "STATE", "SINCE", "UP", "IN FLIGHT", "EVENTS/S", "NOTE"}};
  for (const auto& process : all.workers)
    lines.push_back(
        {printable(process.id), process.version.empty() ? "?" : printable(process.version),
         number_text(process.threads), process.state.empty() ? "?" : printable(process.state),
         age_text(all, process.alive() ? process.since_ms : process.seen_ms),
         age_text(all, process.started_ms), number_text(process.in_flight), rate_text(process),
         printable(process.reason)}
    );
  return table(lines);
}

int run(const settings& options) {
  const auto all = read_workers(options.common, std::chrono::milliseconds(1500));
  if (!all.problem.empty()) return report_error("workers list", all.problem, exit_code::unknown);
  std::fputs((options.json ? as_json(all) + "\n" : as_text(all)).c_str(), stdout);
  return as_int(exit_code::ok);
}

}  // namespace

config::command workers_list() {
  auto options = std::make_shared<settings>();
  return {
      .name = "workers list",
      .description = "List worker processes with state and load",
      .examples =
          "  trunkline workers list\n"
          "  trunkline workers list --json | jq -r '.workers[] | select(.state == \"gone\") | "
          ".id'\n"
          "An id is HOST-PID-RANDOM. States: starting, running, paused, blocked (NOTE has the "
          "reason),\n"
          "draining, and gone: the process ended without draining, or cannot reach Redis. Other "
          "workers\n"
          "reclaim its entries.\n"
          "Exit codes: 0 listed, 3 Redis is unreachable.\n",
      .declare =
          [options](config::option_set& set, config::arguments&) {
            set.flag("json", options->json, "Print one JSON object");
            config::add_common(set, options->common, config::uses::redis);
          },
      .run = [options] { return run(*options); }};
}

}  // namespace trunkline::cli
