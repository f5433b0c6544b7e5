// SPDX-License-Identifier: Apache-2.0
#include "gateway/drain.hpp"

#include <boost/asio/io_context.hpp>
#include <utility>

#include "common/process/supervisor.hpp"

namespace trunkline::gateway {
namespace {

constexpr std::chrono::milliseconds drain_check_interval{20};
constexpr std::chrono::seconds max_drain{10};
constexpr std::chrono::milliseconds max_wait_for_counters{500};

}  // namespace

drain::drain(
    boost::asio::io_context& io, std::chrono::milliseconds delay, parts p, logger log,
    std::function<void()> stopped
)
    : delay_(delay), parts_(p), log_(std::move(log)), stopped_(std::move(stopped)), timer_(io) {}

void drain::begin() {
  if (active_.exchange(true)) return;
  supervisor::notify("STOPPING=1");
  log_.info("drain begun", {{"delay_ms", delay_.count()}});
  for (const auto& each : parts_.threads) each->end_connections();
  timer_.expires_after(delay_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) stop_listening();
  });
}

void drain::stop_listening() {
  parts_.listening.finish();
  for (const auto& each : parts_.threads) each->close_idle();
  parts_.publisher.publish();
  log_.info("no longer listening", {{"connections", parts_.open_connections.load()}});
  wait_for_connections(clock::now() + max_drain);
}

void drain::wait_for_connections(clock::time_point deadline) {
  const int open = parts_.open_connections.load();
  const bool late = clock::now() >= deadline;
  if (late) log_.warn("drain limit reached: connections aborted", {{"connections", open}});
  if (late || open == 0) return stop_threads();
  timer_.expires_after(drain_check_interval);
  timer_.async_wait([this, deadline](boost::system::error_code error) {
    if (!error) wait_for_connections(deadline);
  });
}

void drain::stop_threads() {
  for (const auto& each : parts_.threads) each->stop();
  parts_.publisher.finish();
  wait_for_counters(clock::now() + max_wait_for_counters);
}

// Sends the counts of the last seconds if Redis is reachable.
void drain::wait_for_counters(clock::time_point deadline) {
  if (parts_.publisher.settled() || clock::now() >= deadline) return stopped_();
  timer_.expires_after(drain_check_interval);
  timer_.async_wait([this, deadline](boost::system::error_code) { wait_for_counters(deadline); });
}

}  // namespace trunkline::gateway
