// SPDX-License-Identifier: Apache-2.0
#include "admin/queue/queue_report.hpp"

#include "common/json/json_object.hpp"

namespace trunkline::admin {
namespace {

using milliseconds = std::chrono::milliseconds;

json_object state_json(std::optional<std::int64_t> count, std::optional<milliseconds> oldest) {
  json_object out;
  out.number("count", count);
  out.real(
      "oldest_seconds",
      oldest ? std::optional(static_cast<double>(oldest->count()) / 1000) : std::nullopt
  );
  return out;
}

json_object state_json(const std::optional<state_count>& state) {
  if (!state) return state_json(std::nullopt, std::nullopt);
  return state_json(state->count, state->oldest).boolean("at_least", state->at_least);
}

std::optional<std::string> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::vector<json_object>> processes_json(
    const std::optional<std::vector<process_info>>& processes
) {
  if (!processes) return std::nullopt;
  std::vector<json_object> out;
  for (const auto& process : *processes)
    out.push_back(json_object()
                      .text("id", process.id)
                      .text("state", known(process.state))
                      .text("reason", known(process.reason))
                      .real("rate", process.rate)
                      .text("durability", known(process.durability)));
  return out;
}

std::optional<json_object> rejected_json(const redis_state& redis) {
  if (!redis.rejected) return std::nullopt;
  json_object out;
  for (const auto& [reason, count] : *redis.rejected) out.number(reason, count);
  return out;
}

}  // namespace

std::optional<double> settled_rate(const redis_state& redis) {
  if (!redis.workers) return std::nullopt;
  double sum = 0;
  for (const auto& worker : *redis.workers) {
    if (!worker.rate) return std::nullopt;
    sum += *worker.rate;
  }
  return sum;
}

std::string as_json(const queue_report& report, const queue_verdict& verdict) {
  const redis_state none;
  const redis_state& redis = report.redis ? *report.redis : none;
  const auto if_redis = [&](std::optional<std::int64_t> value) {
    return report.redis ? value : std::nullopt;
  };
  const auto& postgres = report.postgres;
  const auto seconds = [](std::optional<milliseconds> age) {
    return age ? std::optional(static_cast<double>(age->count()) / 1000) : std::nullopt;
  };
  json_object out;
  out.text("verdict", describe(verdict)).text("status", to_string(verdict.status));
  out.object("ready", state_json(if_redis(redis.ready()), redis.ready_age));
  out.object("pending", state_json(if_redis(redis.pending), redis.pending_age));
  out.object("retrying", state_json(postgres ? std::optional(postgres->retrying) : std::nullopt));
  out.object("dead", state_json(postgres ? std::optional(postgres->dead) : std::nullopt));
  out.real("next_retry_seconds", postgres ? seconds(postgres->next_retry) : std::nullopt);
  out.real("accepted_per_second", redis.accepted_rate);
  out.real("settled_per_second", settled_rate(redis));
  out.real("last_accepted_seconds", seconds(redis.last_accepted_age));
  out.object("rejected_last_hour", rejected_json(redis)).number("consumers", redis.consumers);
  out.list("workers", processes_json(redis.workers))
      .list("gateways", processes_json(redis.gateways));
  out.number("used_memory", redis.used_memory).number("max_memory", redis.max_memory);
  out.text("appendonly", redis.appendonly).text("appendfsync", redis.appendfsync);
  out.object("pause", postgres ? as_json(postgres->pause) : std::nullopt);
  out.text("maxmemory_policy", redis.policy).strings("unknown", report.unknown);
  return out.str() + "\n";
}

}  // namespace trunkline::admin
