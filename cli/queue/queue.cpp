// SPDX-License-Identifier: Apache-2.0
// trunkline queue: both servers are asked at once, on threads that are left behind when a server
// hangs, so that the answer is there within two seconds whatever happens.
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

#include "cli/queue/queue_text.hpp"
#include "common/text/units.hpp"
#include "common/redis/url.hpp"
#include "cli/output.hpp"
#include "admin/queue/queue_readers.hpp"
#include "cli/queue/queue_watch.hpp"
#include "cli/commands.hpp"

namespace trunkline::cli {
namespace {

using std::chrono::milliseconds;

struct settings {
  config::common_options common;
  std::string max_age;
  int max_depth = -1;
  bool json = false;
  std::optional<double> watch;
};

// Each server gets this long for itself; then it counts as not answering.
constexpr milliseconds budget{1200};
constexpr milliseconds patience{1500};

// Shared with threads that may outlive run().
struct desk {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<reading<redis_state>> redis;
  std::optional<reading<postgres_state>> postgres;
};

template <class Read>
void ask(
    std::shared_ptr<desk> shared, config::common_options options, Read read,
    std::optional<std::decay_t<std::invoke_result_t<Read, config::common_options, milliseconds>>>
        desk::*place
) {
  std::thread([shared, options, read, place] {
    auto got = read(options, budget);
    const std::lock_guard lock(shared->mutex);
    (*shared).*place = std::move(got);
    shared->changed.notify_all();
  }).detach();
}

template <class State>
void take(
    std::optional<reading<State>>& from, std::optional<State>& to, const char* server,
    std::vector<std::string>& unknown
) {
  if (!from) {
    unknown.push_back(std::string(server) + " does not answer within " + format_duration(patience));
    return;
  }
  to = std::move(from->state);
  if (!from->problem.empty()) unknown.push_back(printable(from->problem));
}

struct sample {
  queue_report report;
  queue_verdict verdict;
};

sample take_sample(const settings& given) {
  auto shared = std::make_shared<desk>();
  ask(shared, given.common, read_redis, &desk::redis);
  ask(shared, given.common, read_postgres, &desk::postgres);
  sample out;
  {
    std::unique_lock lock(shared->mutex);
    shared->changed.wait_for(lock, patience, [&] { return shared->redis && shared->postgres; });
    take(shared->redis, out.report.redis, "Redis", out.report.unknown);
    take(shared->postgres, out.report.postgres, "Postgres", out.report.unknown);
  }
  queue_limits limits;
  if (!given.max_age.empty()) limits.max_age = parse_duration(given.max_age);
  if (given.max_depth >= 0) limits.max_depth = given.max_depth;
  out.verdict = judge(out.report, limits);
  return out;
}

int run(const settings& given) {
  if (given.watch)
    exit_immediately(watch_queue(*given.watch, given.json, [&given] {
      auto [report, verdict] = take_sample(given);
      return std::pair(std::move(report), std::move(verdict));
    }));
  const auto [report, verdict] = take_sample(given);
  const auto text = given.json ? as_json(report, verdict) : as_text(report, verdict);
  std::fputs(text.c_str(), stdout);
  exit_immediately(verdict.code);
}

void declare(settings& given, config::option_set& options) {
  const std::string group = "Limits (exit 2 when passed)";
  options.text(
      "max-age", given.max_age,
      "Longest that a delivery may wait for its outcome: ready, pending or retrying (60s, 6h)",
      {.group = group}
  );
  options.check("max-age", [&given]() -> std::string {
    if (given.max_age.empty() || parse_duration(given.max_age)) return "";
    return "must be a number and a unit, like 60s or 6h";
  });
  options.integer(
      "max-depth", given.max_depth,
      "Most deliveries without an outcome: ready, pending and retrying together (-1: no limit)", -1,
      2147483647, {.group = group}
  );
  options.flag("json", given.json, "Print one JSON object; what is not known is null");
  config::add_common(options, given.common, config::uses::both);
}

}  // namespace

config::command queue() {
  auto given = std::make_shared<settings>();
  return {
      .name = "queue",
      .description = "The state of the whole pipe; the first line is the verdict",
      .examples =
          "  trunkline queue\n"
          "  trunkline queue --max-age 5m --max-depth 1000   for a monitor: exit 2 past a limit\n"
          "  trunkline queue --json | jq .dead.count\n"
          "  trunkline queue --watch                         again each 2 s, until Ctrl-C\n"
          "  trunkline queue --watch 10 >> queue.log         one line a sample\n"
          "Exit codes: 0 known and within the limits, 2 past a limit, 3 something is unknown.\n"
          "With --watch 0, whatever it saw.\n"
          "It answers within 2 seconds, also when a server hangs.\n",
      .declare =
          [given](config::option_set& options, config::arguments& words) {
            declare(*given, options);
            words.seconds("watch", given->watch, "Again each so many seconds (2), until Ctrl-C", 2);
          },
      .run = [given] { return run(*given); }};
}

}  // namespace trunkline::cli
