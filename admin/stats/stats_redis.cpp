// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "common/stream/contract.hpp"
#include "admin/redis.hpp"
#include "admin/stats/stats_readers.hpp"

namespace trunkline::admin {
namespace {

constexpr std::int64_t reach = 120;  // minutes that Redis keeps

std::int64_t whole(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

unfolded_figures read_unfolded(
    const config::common_options& options, std::chrono::milliseconds budget
) {
  redis::endpoint where;
  if (auto wrong = redis::parse_url(options.redis, where); !wrong.empty())
    return {{}, "Redis' address: " + wrong};
  redis::client client = open_redis(options, where, "stats", budget);
  const auto time = client.execute({"TIME"}, budget);
  if (!time.ok() || time.reply.elements.empty()) return {{}, describe(time, where)};
  const auto now = whole(time.reply.elements[0].text) / 60;
  std::vector<std::vector<std::string>> commands;
  for (auto minute = now - reach; minute <= now + 1; ++minute)
    commands.push_back({"HGETALL", stream::minute_key(options.stream_namespace, minute)});
  const auto answers = client.pipeline(commands, budget);
  unfolded_figures out;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok()) return {{}, "the gateways' figures: " + answers[i].error()};
    const auto minute = now - reach + static_cast<std::int64_t>(i);
    const auto& pairs = answers[i].reply.elements;
    for (std::size_t j = 0; j + 1 < pairs.size(); j += 2) {
      if (pairs[j].text.starts_with("gateway:")) continue;
      out.recent[minute][pairs[j].text] = whole(pairs[j + 1].text);
    }
  }
  return out;
}

}  // namespace trunkline::admin
