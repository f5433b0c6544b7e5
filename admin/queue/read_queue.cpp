// SPDX-License-Identifier: Apache-2.0
#include "admin/deadline_task.hpp"
#include "admin/queue/queue_readers.hpp"
#include "common/text/units.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::milliseconds;

// Each reader limits itself to its budget; the deadline is for a reader that hangs.
constexpr milliseconds budget{1200}, deadline{1500};

template <class State>
void add_reading(
    queue_report& report, std::optional<State> queue_report::*member, const char* server,
    std::optional<reading<State>> result
) {
  if (!result) {
    report.unknown.push_back(
        std::string(server) + " is unreachable: no response within " + format_duration(deadline)
    );
    return;
  }
  report.*member = std::move(result->state);
  if (!result->problem.empty()) report.unknown.push_back(std::move(result->problem));
}

}  // namespace

queue_report read_queue(const config::common_options& options) {
  deadline_task<reading<redis_state>> redis([options] { return read_redis(options, budget); });
  deadline_task<reading<postgres_state>> postgres([options] {
    return read_postgres(options, budget);
  });
  const auto end = std::chrono::steady_clock::now() + deadline;
  queue_report report;
  add_reading(report, &queue_report::redis, "Redis", redis.wait_until(end));
  add_reading(report, &queue_report::postgres, "PostgreSQL", postgres.wait_until(end));
  return report;
}

}  // namespace trunkline::admin
