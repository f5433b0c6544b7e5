// SPDX-License-Identifier: Apache-2.0
#include "worker/process/process_info.hpp"

#include <unistd.h>

#include <cstdio>
#include <random>

#include "common/process/clock.hpp"
#include "common/process/host_name.hpp"
#include "common/process/version.hpp"
#include "common/stream/contract.hpp"
#include "common/text/encoding.hpp"

namespace trunkline::worker {
namespace {

constexpr std::chrono::seconds publish_timeout{1};

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : "; ") + part;
  return out;
}

std::string one_digit(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

}  // namespace

std::string make_process_id() {
  std::random_device random;
  char tail[16];
  std::snprintf(tail, sizeof tail, "%08x", random());
  return host_name() + "-" + std::to_string(getpid()) + "-" + tail;
}

process_info::process_info(
    redis::client& client, shared_state& shared,
    const std::vector<std::unique_ptr<consumer>>& consumers
)
    : client_(client),
      shared_(shared),
      consumers_(consumers),
      key_(stream::process_key(shared.options.common.stream_namespace, "worker", shared.id)),
      started_ms_(unix_ms()),
      since_ms_(started_ms_) {}

void process_info::publish_if_due() {
  const auto now = std::chrono::steady_clock::now();
  const auto state = shared_.status.state();
  if (state == published_state_ && now < due_) return;
  if (state != published_state_) since_ms_ = unix_ms();
  published_state_ = state;
  due_ = now + shared_.options.heartbeat_interval;
  publish(state);
}

void process_info::publish(const std::string& state) {
  const auto& counts = shared_.counts;
  const auto rate = rate_.sample(std::chrono::steady_clock::now(), counts.outcomes());
  const auto number = [](const std::atomic<std::uint64_t>& value) {
    return std::to_string(value.load());
  };
  std::size_t in_flight = 0;
  for (const auto& each : consumers_) in_flight += each->in_flight_count();
  auto reasons = shared_.status.reasons();
  if (state == "paused") reasons = {shared_.status.note()};
  client_.pipeline(
      {{"HSET",         key_,
        "pid",          std::to_string(getpid()),
        "host",         host_name(),
        "version",      TRUNKLINE_VERSION,
        "threads",      std::to_string(shared_.options.threads),
        "state",        state,
        "reason",       join(reasons),
        "in_flight",    std::to_string(in_flight),
        "started",      std::to_string(started_ms_),
        "since",        std::to_string(since_ms_),
        "seen",         std::to_string(unix_ms()),
        "processed",    number(counts.processed),
        "duplicates",   number(counts.duplicates),
        "redelivered",  number(counts.redelivered),
        "ignored",      number(counts.ignored),
        "dead",         number(counts.dead),
        "retrying",     number(counts.retrying),
        "released",     number(counts.released),
        "lost",         number(counts.lost),
        "orphans",      number(counts.orphans),
        "restructures", number(counts.restructures),
        "rate_1m",      one_digit(rate)},
       {"EXPIRE", key_, "30"}},
      publish_timeout
  );
}

void process_info::remove() {
  client_.execute({"DEL", key_}, publish_timeout);
}

}  // namespace trunkline::worker
