// SPDX-License-Identifier: Apache-2.0
#include "exporter/scaler.hpp"

#include "common/json/json_object.hpp"

namespace trunkline::exporter {

std::optional<backlog> backlog_of(const queue_samples& samples) {
  const auto& [redis, postgres] = samples;
  if (!redis.state || !redis.state->pending || !postgres.state) return std::nullopt;
  return backlog{
      *redis.state->ready(), *redis.state->pending, postgres.state->due.count,
      postgres.state->due.at_least};
}

probes::response scaler_json(const queue_samples& samples) {
  const auto known = backlog_of(samples);
  if (!known) return {503, "{\"error\":\"the backlog is unknown\"}\n"};
  json_object out;
  out.number("value", known->sum()).number("ready", known->ready);
  out.number("pending", known->pending).number("due_retries", known->due);
  return {200, out.boolean("at_least", known->at_least).str() + "\n"};
}

probes::response scaler_text(const queue_samples& samples) {
  const auto known = backlog_of(samples);
  if (!known) return {503, "unknown\n", "text/plain"};
  return {200, std::to_string(known->sum()) + "\n", "text/plain"};
}

}  // namespace trunkline::exporter
