// SPDX-License-Identifier: Apache-2.0
#include "gateway/status.hpp"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "common/metrics/exposition.hpp"
#include "common/process/clock.hpp"
#include "common/process/host_name.hpp"
#include "common/process/supervisor.hpp"
#include "common/process/version.hpp"
#include "common/text/encoding.hpp"
#include "gateway/metrics.hpp"
#include "gateway/readiness.hpp"

namespace trunkline::gateway {
namespace {

constexpr std::chrono::seconds max_unresponsive{10};

}  // namespace

status::status(
    const options& options, const listener& listening,
    const std::vector<std::unique_ptr<io_thread>>& threads, std::string process_id
)
    : options_(options),
      listening_(listening),
      threads_(threads),
      process_id_(std::move(process_id)),
      started_ms_(unix_ms()) {}

queue_state status::worst_queue() const {
  queue_state worst = threads_.front()->queue();
  for (const auto& each : threads_)
    if (worst.accepting) worst = each->queue();
  return worst;
}

counter_totals status::totals() const {
  counter_totals out;
  for (const auto& each : threads_) out.add(each->counts());
  return out;
}

heartbeat::process_info status::process_info(bool draining) const {
  const auto queue = worst_queue();
  const auto sums = totals();
  return {
      {"pid", std::to_string(::getpid())},
      {"host", host_name()},
      {"listen", listening_.address()},
      {"version", TRUNKLINE_VERSION},
      {"threads", std::to_string(options_.threads)},
      {"state", draining          ? "draining"
                : queue.accepting ? "running"
                                  : "unavailable"},
      {"reason", queue.accepting ? "" : std::string(to_string(queue.reason))},
      {"durability",
       std::string(to_string(queue.level)) + " (--durability " + options_.durability + ")"},
      {"settings", queue.settings},
      {"accepted", std::to_string(sums.outcomes[index_of(outcome::accepted)])},
      {"odd_types", std::to_string(sums.non_json_types)},
      {"in_flight", std::to_string(sums.in_flight)},
      {"connections", std::to_string(sums.connections)},
      {"cleared", std::to_string(sums.evicted)},
      {"waits_at_limit", std::to_string(listening_.paused().at_limit.load())},
      {"waits_for_descriptors", std::to_string(listening_.paused().without_descriptors.load())},
      {"started", std::to_string(started_ms_)},
      {"seen", std::to_string(unix_ms())},
  };
}

probes::response status::respond(std::string_view path, bool draining) const {
  std::vector<queue_state> queues;
  for (const auto& each : threads_) queues.push_back(each->queue());
  if (path != "/metrics") return respond_to_probe(path, draining, queues);
  std::int64_t reconnects = 0;
  for (const auto& each : queues) reconnects += each.reconnects;
  return {200, metrics_page(totals(), reconnects), metrics::content_type};
}

void status::notify_supervisor(bool draining) const {
  bool all_responsive = true;
  for (const auto& each : threads_)
    all_responsive = all_responsive && each->responsive_within(max_unresponsive);
  if (all_responsive) supervisor::ping_watchdog();
  const auto queue = worst_queue();
  supervisor::set_status(
      draining          ? "draining"
      : queue.accepting ? "accepting deliveries at " + listening_.address()
                        : "unavailable: " + std::string(to_string(queue.reason))
  );
}

std::string make_process_id() {
  return host_name() + "-" + std::to_string(::getpid()) + "-" +
         make_delivery_id(unix_ms()).substr(20);
}

}  // namespace trunkline::gateway
