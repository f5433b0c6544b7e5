// SPDX-License-Identifier: Apache-2.0
#include "exporter/exporter_responses.hpp"

#include "common/metrics/exposition.hpp"
#include "common/text/json_quote.hpp"
#include "exporter/scaler.hpp"

namespace trunkline::exporter {
namespace {

using metrics::exposition;
using std::chrono::milliseconds;

// One state of the queue. Unknown values have no sample.
struct state_row {
  std::string_view name;
  std::optional<std::int64_t> count;
  std::optional<milliseconds> oldest;
  bool at_least = false;
};

std::vector<state_row> rows_of(const queue_samples& now) {
  std::vector<state_row> out;
  if (const auto& redis = now.redis.state) {
    out.push_back({"ready", redis->ready(), redis->ready_age});
    out.push_back({"pending", redis->pending, redis->pending_age});
  }
  if (const auto& rows = now.postgres.state) {
    const auto add = [&](std::string_view name, const state_count& state) {
      out.push_back({name, state.count, state.oldest, state.at_least});
    };
    add("retrying", rows->retrying);
    add("due", rows->due);
    add("dead", rows->dead);
  }
  return out;
}

bool all_known(const queue_samples& now) {
  return now.redis.state && now.postgres.state && now.redis.problem.empty() &&
         now.postgres.problem.empty();
}

std::string why_unknown(const queue_samples& now) {
  std::string out = now.redis.problem;
  if (!out.empty() && !now.postgres.problem.empty()) out += "; ";
  return out + now.postgres.problem;
}

void add_states(exposition& out, const std::vector<state_row>& rows) {
  out.family(
      "trunkline_queue_events", "gauge",
      "Deliveries without an outcome and dead letters by state; due is a part of retrying."
  );
  for (const auto& row : rows)
    if (row.count) out.sample({{"state", row.name}}, *row.count);
  out.family("trunkline_queue_events_at_least", "gauge", "1 if counting stopped at 100000.");
  for (const auto& row : rows)
    if (row.count) out.sample({{"state", row.name}}, std::int64_t{row.at_least});
  out.family(
      "trunkline_queue_oldest_age_seconds", "gauge",
      "Age of the oldest event of a state, 0 if there is none; for due the time since it was due."
  );
  for (const auto& row : rows)
    if (row.oldest)
      out.sample({{"state", row.name}}, static_cast<double>(row.oldest->count()) / 1000);
    else if (row.count == 0)
      out.sample({{"state", row.name}}, std::int64_t{0});
}

probes::response metrics_page(const queue_samples& now) {
  exposition out;
  add_states(out, rows_of(now));
  out.family("trunkline_queue_up", "gauge", "1 if both servers can be read, else 0.")
      .sample({}, std::int64_t{all_known(now)});
  if (const auto& rows = now.postgres.state)
    out.family("trunkline_queue_paused", "gauge", "1 while applying is paused.")
        .sample({}, std::int64_t{rows->pause.has_value()});
  if (const auto& redis = now.redis.state) {
    if (redis->used_memory)
      out.family("trunkline_redis_memory_used_bytes", "gauge", "Memory that Redis uses.")
          .sample({}, *redis->used_memory);
    if (redis->max_memory)
      out.family("trunkline_redis_memory_max_bytes", "gauge", "maxmemory of Redis; 0: no limit.")
          .sample({}, *redis->max_memory);
  }
  metrics::add_process(out);
  return {200, std::move(out).str(), metrics::content_type};
}

probes::response readiness(const queue_samples& now) {
  if (all_known(now)) return {200, "{\"ready\":true}\n"};
  return {503, "{\"ready\":false,\"reason\":" + probes::json_quote(why_unknown(now)) + "}\n"};
}

}  // namespace

probes::response respond(const queue_samples& now, std::string_view path) {
  if (path == "/metrics") return metrics_page(now);
  if (path == "/scaler") return scaler_json(now);
  if (path == "/scaler.txt") return scaler_text(now);
  if (path == "/livez") return {200, "{\"live\":true}\n"};
  if (path == "/readyz") return readiness(now);
  return {404, "{\"error\":\"not found\"}\n"};
}

}  // namespace trunkline::exporter
