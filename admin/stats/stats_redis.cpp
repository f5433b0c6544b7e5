// SPDX-License-Identifier: Apache-2.0
#include "admin/redis.hpp"
#include "admin/redis_reply.hpp"
#include "admin/stats/stats_readers.hpp"
#include "common/stream/contract.hpp"

namespace trunkline::admin {

redis_counters read_stats_redis(
    const config::common_options& options, std::chrono::milliseconds budget
) {
  constexpr std::int64_t kept_minutes = 120;
  redis::endpoint where;
  if (const auto error = redis::parse_url(options.redis, where); !error.empty())
    return {{}, "invalid address of Redis: " + error};
  redis::client client = open_redis(options, where, "stats", budget);
  const auto time = client.execute({"TIME"}, budget);
  if (!time.ok() || time.reply.elements.empty()) return {{}, describe(time, where)};
  const auto now = parse_integer(time.reply.elements[0].text).value_or(0) / 60;
  std::vector<std::vector<std::string>> commands;
  for (auto minute = now - kept_minutes; minute <= now + 1; ++minute)
    commands.push_back({"HGETALL", stream::minute_key(options.stream_namespace, minute)});
  const auto results = client.pipeline(commands, budget);
  redis_counters out;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].ok()) return {{}, "counters of the gateways: " + results[i].error()};
    const auto minute = now - kept_minutes + static_cast<std::int64_t>(i);
    for (const auto& [name, count] : all_fields(results[i].reply))
      if (!name.starts_with("gateway:"))
        out.minutes[minute][name] = parse_integer(count).value_or(0);
  }
  return out;
}

}  // namespace trunkline::admin
