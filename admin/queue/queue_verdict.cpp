// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "admin/queue/queue_report.hpp"
#include "common/text/units.hpp"

namespace trunkline::admin {
namespace {

using milliseconds = std::chrono::milliseconds;
using reasons = std::vector<verdict_reason>;
constexpr const char* doctor = "trunkline doctor";

std::string count_of(const state_count& state) {
  return std::to_string(state.count) + (state.at_least ? "+" : "");
}

void append(std::string& text, const std::string& part, const char* separator) {
  if (part.empty()) return;
  if (!text.empty()) text += separator;
  text += part;
}

std::string summarize(const queue_report& report) {
  std::string out;
  if (report.redis) append(out, std::to_string(report.redis->length) + " waiting", ", ");
  if (report.postgres) {
    append(out, count_of(report.postgres->retrying) + " retrying", ", ");
    append(out, count_of(report.postgres->dead) + " dead", ", ");
  }
  return out;
}

// Returns the age of the oldest delivery that was accepted and has no outcome yet.
std::optional<milliseconds> oldest(const queue_report& report) {
  std::optional<milliseconds> age;
  if (report.redis) age = std::max(report.redis->ready_age, report.redis->pending_age);
  if (report.postgres) age = std::max(age, report.postgres->retrying.oldest);
  return age;
}

reasons exceeded_limits(const queue_report& report, const queue_limits& limits) {
  reasons out;
  const auto age = oldest(report);
  if (limits.max_age && age && *age > *limits.max_age)
    out.push_back(
        {"max_age",
         "oldest delivery waits for " + describe_age(*age) + ", limit --max-age " +
             format_duration(*limits.max_age),
         doctor}
    );
  const std::int64_t depth = (report.redis ? report.redis->length : 0) +
                             (report.postgres ? report.postgres->retrying.count : 0);
  if (limits.max_depth && depth > *limits.max_depth)
    out.push_back(
        {"max_depth",
         std::to_string(depth) + " unfinished, limit --max-depth " +
             std::to_string(*limits.max_depth),
         doctor}
    );
  return out;
}

void check_workers(const redis_state& redis, reasons& out) {
  if (!redis.workers) return;
  if (redis.workers->empty()) out.push_back({"no_worker", "no worker is running", doctor});
  for (const auto& worker : *redis.workers)
    if (worker.state == "blocked")
      out.push_back(
          {"worker_blocked",
           "worker " + worker.id + " is blocked" +
               (worker.reason.empty() ? "" : ": " + worker.reason),
           doctor}
      );
}

void check_gateways(const redis_state& redis, reasons& out) {
  if (!redis.gateways) return;
  if (redis.gateways->empty()) out.push_back({"no_gateway", "no gateway is running", doctor});
  for (const auto& gateway : *redis.gateways)
    if (gateway.state == "unavailable")
      out.push_back(
          {"gateway_unavailable",
           "gateway " + gateway.id + " is unavailable" +
               (gateway.reason.empty() ? "" : ": " + gateway.reason),
           doctor}
      );
}

void check_redis(const redis_state& redis, reasons& out) {
  if (redis.used_memory && redis.max_memory && *redis.max_memory > 0 &&
      *redis.used_memory > *redis.max_memory / 4 * 3)
    out.push_back(
        {"redis_memory", "Redis uses over 75 % of its memory: the gateway responds 503", doctor}
    );
  const bool weak = (redis.appendonly && *redis.appendonly != "yes") ||
                    (redis.appendfsync && *redis.appendfsync != "always") ||
                    (redis.no_fsync_on_rewrite && *redis.no_fsync_on_rewrite != "no");
  if (weak)
    out.push_back(
        {"redis_durability", "Redis may lose accepted deliveries in a power failure", doctor}
    );
  if (redis.policy && *redis.policy != "noeviction")
    out.push_back(
        {"redis_eviction", "Redis may evict deliveries: maxmemory-policy is " + *redis.policy,
         doctor}
    );
  if (!redis.rejected) return;
  // Scanners request other paths continuously. A wrong signing key rejects every delivery.
  std::int64_t rejected = 0;
  for (const auto& [reason, count] : *redis.rejected)
    if (reason != "path" && reason != "method") rejected += count;
  if (rejected > 5)
    out.push_back({"rejected", std::to_string(rejected) + " rejected in the last hour", doctor});
}

// Causes come before their effects: the first words of the line are read first.
reasons warnings(const queue_report& report) {
  reasons out;
  const auto& postgres = report.postgres;
  if (postgres && postgres->pause)
    out.push_back({"paused", "paused " + describe(*postgres->pause), "trunkline resume"});
  if (report.redis) {
    check_workers(*report.redis, out);
    check_gateways(*report.redis, out);
    check_redis(*report.redis, out);
  }
  if (postgres && postgres->next_retry && *postgres->next_retry < -std::chrono::minutes(1))
    out.push_back({"retry_overdue", "a retry is overdue", doctor});
  if (postgres && postgres->dead.count)
    out.push_back({"dead_letters", "", "trunkline dead groups"});
  if (postgres && postgres->retrying.count) out.push_back({"retrying", "", ""});
  return out;
}

std::string join_words(const reasons& all) {
  std::string out;
  for (const auto& each : all) append(out, each.words, "; ");
  return out;
}

// Returns "run 'trunkline doctor', 'trunkline dead groups'", or "" if no reason has a command.
std::string join_commands(const reasons& all) {
  std::string out;
  for (const auto& each : all)
    if (const auto quoted = "'" + each.command + "'";
        !each.command.empty() && out.find(quoted) == std::string::npos)
      append(out, quoted, ", ");
  return out.empty() ? "" : "run " + out;
}

}  // namespace

queue_verdict judge(const queue_report& report, const queue_limits& limits) {
  queue_verdict out{queue_status::ok, summarize(report), {}};
  for (const auto& problem : report.unknown) out.reasons.push_back({"unknown", problem, ""});
  auto exceeded = exceeded_limits(report, limits);
  if (!out.reasons.empty()) {
    out.status = queue_status::unknown;
    out.reasons.insert(out.reasons.end(), exceeded.begin(), exceeded.end());
    return out;
  }
  if (!exceeded.empty()) {
    out.status = queue_status::critical;
    out.reasons = std::move(exceeded);
    return out;
  }
  out.reasons = warnings(report);
  if (!out.reasons.empty()) out.status = queue_status::warning;
  return out;
}

std::string to_string(queue_status status) {
  switch (status) {
    case queue_status::ok:
      return "ok";
    case queue_status::warning:
      return "warning";
    case queue_status::critical:
      return "critical";
    case queue_status::unknown:
      break;
  }
  return "unknown";
}

std::string describe(const queue_verdict& verdict) {
  const auto words = join_words(verdict.reasons);
  switch (verdict.status) {
    case queue_status::unknown:
      return "UNKNOWN: " + words;
    case queue_status::critical:
      return "CRITICAL: " + words + " (" + verdict.summary + ")";
    case queue_status::ok:
    case queue_status::warning:
      break;
  }
  std::string line = (verdict.status == queue_status::ok ? "OK: " : "WARNING: ") + verdict.summary;
  append(line, words, "; ");
  append(line, join_commands(verdict.reasons), "; ");
  return line;
}

}  // namespace trunkline::admin
