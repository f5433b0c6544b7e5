// SPDX-License-Identifier: Apache-2.0
// trunkline workers list
#include <algorithm>
#include <cstdio>

#include "common/text/units.hpp"
#include "cli/output.hpp"
#include "cli/commands.hpp"
#include "admin/workers/worker_processes.hpp"

namespace trunkline::cli {
namespace {

using std::chrono::milliseconds;

struct settings {
  config::common_options common;
  bool json = false;
};

std::string number_text(std::optional<std::int64_t> value) {
  return value ? std::to_string(*value) : "?";
}

// How long ago, by Redis' clock; a worker's clock may run ahead of it.
std::optional<milliseconds> age(std::optional<std::int64_t> then, std::int64_t now) {
  if (!then) return std::nullopt;
  return milliseconds(std::max<std::int64_t>(0, now - *then));
}

std::string age_text(std::optional<milliseconds> value) {
  return value ? describe_age(*value) : "?";
}

std::string rate_text(const worker_card& card) {
  if (!card.rate) return card.alive() ? "?" : "-";
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.1f", *card.rate);
  return digits;
}

void print_text(const worker_cards& all) {
  if (all.workers.empty()) {
    std::puts("no worker is running");
    return;
  }
  std::vector<std::vector<std::string>> lines{
      {"ID", "VERSION", "THREADS", "STATE", "SINCE", "UP", "IN HAND", "EVENTS/S", "NOTE"}};
  for (const auto& card : all.workers)
    lines.push_back(
        {printable(card.id), card.version.empty() ? "?" : printable(card.version),
         number_text(card.threads), card.state.empty() ? "?" : printable(card.state),
         age_text(age(card.alive() ? card.since_ms : card.seen_ms, all.now_ms)),
         age_text(age(card.started_ms, all.now_ms)), number_text(card.in_hand), rate_text(card),
         printable(card.reason)}
    );
  std::fputs(table(lines).c_str(), stdout);
}

void print_json(const worker_cards& all) {
  const auto seconds = [&](std::optional<std::int64_t> then) {
    const auto since = age(then, all.now_ms);
    return since ? std::optional(static_cast<double>(since->count()) / 1000) : std::nullopt;
  };
  const auto known = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  std::vector<json_object> rows;
  for (const auto& card : all.workers)
    rows.push_back(json_object()
                       .text("id", card.id)
                       .text("host", known(card.host))
                       .number("pid", card.pid)
                       .text("version", known(card.version))
                       .number("threads", card.threads)
                       .text("state", known(card.state))
                       .text("reason", known(card.reason))
                       .number("in_hand", card.in_hand)
                       .real("up_seconds", seconds(card.started_ms))
                       .real("state_seconds", seconds(card.since_ms))
                       .real("seen_seconds", seconds(card.seen_ms))
                       .real("events_per_second", card.rate));
  std::puts(json_object().list("workers", rows).str().c_str());
}

int run(const settings& given) {
  const auto all = read_workers(given.common, milliseconds(1500));
  if (!all.problem.empty()) return report_error("workers list", all.problem, exit_code::unknown);
  given.json ? print_json(all) : print_text(all);
  return as_int(exit_code::ok);
}

}  // namespace

config::command workers_list() {
  auto given = std::make_shared<settings>();
  return {
      .name = "workers list",
      .description = "All worker processes: where, in what state, what they have in hand",
      .examples =
          "  trunkline workers list\n"
          "  trunkline workers list --json | jq -r '.workers[] | select(.state == \"gone\") | "
          ".id'\n"
          "An id is HOST-PID-RANDOM. States: running, paused, holding (NOTE says for what), "
          "draining, and gone: it ended "
          "without leaving in\n"
          "order within the last hour, or can't reach Redis; what it had in hand is taken over by "
          "others.\n"
          "Exit codes: 0 listed, 3 Redis is away.\n",
      .declare =
          [given](config::option_set& options, config::arguments&) {
            options.flag("json", given->json, "Print one JSON object");
            config::add_common(options, given->common, config::uses::redis);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
