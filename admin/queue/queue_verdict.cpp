// SPDX-License-Identifier: Apache-2.0
// What the figures mean: the first line of `trunkline queue` and its exit code.
#include <algorithm>

#include "common/text/units.hpp"
#include "admin/queue/queue_report.hpp"

namespace trunkline::admin {
namespace {

using milliseconds = std::chrono::milliseconds;

std::string count_of(const state_count& state) {
  return std::to_string(state.count) + (state.at_least ? "+" : "");
}

std::string join(const std::vector<std::string>& parts, const char* between) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : between) + part;
  return out;
}

std::string summary(const queue_report& report) {
  std::vector<std::string> parts;
  if (report.redis) parts.push_back(std::to_string(report.redis->length) + " waiting");
  if (report.postgres) {
    const auto& [retrying, dead, due, next, pause] = *report.postgres;
    parts.push_back(retrying.count ? count_of(retrying) + " retrying" : "nothing retrying");
    parts.push_back(dead.count ? count_of(dead) + " dead" : "nothing dead");
  }
  return join(parts, ", ");
}

// The age of the oldest delivery that was accepted and has no outcome yet.
std::optional<milliseconds> oldest(const queue_report& report) {
  std::optional<milliseconds> age;
  if (report.redis) age = std::max(report.redis->ready_age, report.redis->pending_age);
  if (report.postgres) age = std::max(age, report.postgres->retrying.oldest);
  return age;
}

std::vector<std::string> past_limits(const queue_report& report, const queue_limits& limits) {
  std::vector<std::string> reasons;
  const auto age = oldest(report);
  if (limits.max_age && age && *age > *limits.max_age)
    reasons.push_back(
        "the oldest waits " + describe_age(*age) + ", over --max-age " +
        format_duration(*limits.max_age)
    );
  const std::int64_t depth = (report.redis ? report.redis->length : 0) +
                             (report.postgres ? report.postgres->retrying.count : 0);
  if (limits.max_depth && depth > *limits.max_depth)
    reasons.push_back(
        std::to_string(depth) + " unfinished, over --max-depth " + std::to_string(*limits.max_depth)
    );
  return reasons;
}

void watch_workers(const redis_state& redis, std::vector<std::string>& reasons) {
  if (!redis.workers) return;
  if (redis.workers->empty()) reasons.push_back("no worker is running");
  for (const auto& worker : *redis.workers)
    if (worker.state == "holding" && worker.reason != "starting")
      reasons.push_back(
          "worker " + worker.id + " holds" + (worker.reason.empty() ? "" : ": " + worker.reason)
      );
}

void watch_gateways(const redis_state& redis, std::vector<std::string>& reasons) {
  if (!redis.gateways) return;
  if (redis.gateways->empty()) reasons.push_back("no gateway is running");
  for (const auto& gateway : *redis.gateways)
    if (gateway.state == "unavailable")
      reasons.push_back(
          "gateway " + gateway.id + " answers 503" +
          (gateway.reason.empty() ? "" : ": " + gateway.reason)
      );
}

void watch_redis(const redis_state& redis, std::vector<std::string>& reasons) {
  if (redis.used_memory && redis.max_memory && *redis.max_memory > 0 &&
      *redis.used_memory > *redis.max_memory / 4 * 3)
    reasons.push_back("Redis is over 75 % of its memory: the gateway answers 503");
  const bool weak = (redis.appendonly && *redis.appendonly != "yes") ||
                    (redis.appendfsync && *redis.appendfsync != "always") ||
                    (redis.no_fsync_on_rewrite && *redis.no_fsync_on_rewrite != "no");
  if (weak) reasons.push_back("Redis may lose accepted deliveries at a power loss");
  if (redis.policy && *redis.policy != "noeviction")
    reasons.push_back("Redis may evict deliveries: maxmemory-policy is " + *redis.policy);
  if (redis.refused) {
    std::int64_t refused = 0;
    // Scanners knock at wrong paths all day, which is no news; a wrong key refuses every delivery.
    for (const auto& [reason, count] : *redis.refused)
      if (reason != "path" && reason != "method") refused += count;
    if (refused > 5) reasons.push_back(std::to_string(refused) + " refused in the last hour");
  }
}

// Causes before their effects: who reads one sentence at 3 a.m. begins with its first words.
std::vector<std::string> worth_a_look(const queue_report& report) {
  std::vector<std::string> reasons;
  if (report.postgres && report.postgres->pause)
    reasons.push_back(
        "paused " + describe(*report.postgres->pause) + ", go on with 'trunkline resume'"
    );
  const std::size_t before = reasons.size();
  if (report.redis) {
    watch_workers(*report.redis, reasons);
    watch_gateways(*report.redis, reasons);
    watch_redis(*report.redis, reasons);
  }
  if (report.postgres && report.postgres->next_retry &&
      *report.postgres->next_retry < -std::chrono::minutes(1))
    reasons.push_back("a retry is overdue");
  if (reasons.size() > before) reasons.push_back("see 'trunkline doctor'");
  if (report.postgres && report.postgres->dead.count)
    reasons.push_back("see 'trunkline dead groups'");
  return reasons;
}

}  // namespace

queue_verdict judge(const queue_report& report, const queue_limits& limits) {
  const auto limit = past_limits(report, limits);
  if (!report.unknown.empty()) {
    // Not knowing comes first: a figure past its limit is told beside it.
    auto parts = report.unknown;
    parts.insert(parts.end(), limit.begin(), limit.end());
    return {exit_code::unknown, "UNKNOWN: " + join(parts, "; ")};
  }
  if (!limit.empty())
    return {exit_code::critical, "LIMIT: " + join(limit, "; ") + " (" + summary(report) + ")"};
  const auto reasons = worth_a_look(report);
  const bool busy = report.postgres && report.postgres->retrying.count > 0;
  if (reasons.empty()) return {exit_code::ok, (busy ? "WATCH: " : "OK: ") + summary(report)};
  return {exit_code::ok, "WATCH: " + summary(report) + "; " + join(reasons, "; ")};
}

}  // namespace trunkline::admin
