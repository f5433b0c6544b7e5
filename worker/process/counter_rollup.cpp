// SPDX-License-Identifier: Apache-2.0
#include "worker/process/counter_rollup.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "common/stream/contract.hpp"

namespace trunkline::worker {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds period = 10s;
constexpr std::chrono::milliseconds redis_timeout = 1s;
constexpr std::string_view incomplete = "at_least";

// The following constants are in minutes.
// Past minutes that may still change.
constexpr std::int64_t overlap = 5;
// Minutes that are read. Redis keeps them for two hours.
constexpr std::int64_t kept = 110;
// The clock of a gateway may be ahead.
constexpr std::int64_t ahead = 1;
// A gateway that has not published for this long has ended.
constexpr std::int64_t silent = 2;
constexpr std::int64_t longest_gap = 7 * 24 * 60;

}  // namespace

counter_rollup::counter_rollup(
    redis::client& client, store::event_store& store, interval_gate& due, std::string ns, logger log
)
    : client_(client), store_(store), due_(due), namespace_(std::move(ns)), log_(std::move(log)) {}

std::optional<store::store_error> counter_rollup::run() {
  if (!due_.try_acquire()) return std::nullopt;
  const auto claimed = store_.claim_rollup(period);
  if (!claimed) return claimed.error();
  if (!*claimed) return std::nullopt;
  const auto lease = **claimed;
  // Every minute is read in each run: a gateway that lost Redis publishes its minutes later.
  const auto oldest = lease.now - kept;
  const auto minutes = read_minutes(oldest, lease.now + ahead);
  if (!minutes) return std::nullopt;
  auto counters = counters_from(oldest, *minutes, lease.now);
  // Minutes that expired in Redis before a roll-up.
  if (lease.last)
    for (auto minute = std::max(*lease.last, lease.now - longest_gap); minute < oldest; ++minute)
      counters.push_back({minute, std::string(incomplete), 1});
  const auto from = std::max(oldest, lease.last.value_or(oldest) - overlap);
  const auto rolled_up = store_.roll_up(counters, from, lease);
  if (!rolled_up) return rolled_up.error();
  return std::nullopt;
}

std::optional<std::vector<minute_hash>> counter_rollup::read_minutes(
    std::int64_t first, std::int64_t last
) {
  std::vector<std::vector<std::string>> commands;
  for (auto minute = first; minute <= last; ++minute)
    commands.push_back({"HGETALL", stream::minute_key(namespace_, minute)});
  std::vector<minute_hash> minutes;
  for (const auto& result : client_.pipeline(commands, redis_timeout)) {
    if (!result.ok()) {
      log_.debug("roll-up failed", {{"error", result.error()}});
      return std::nullopt;
    }
    auto& hash = minutes.emplace_back();
    const auto& pairs = result.reply.elements;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2)
      hash.emplace_back(pairs[i].text, pairs[i + 1].text);
  }
  return minutes;
}

std::vector<store::minute_counter> counters_from(
    std::int64_t first, const std::vector<minute_hash>& minutes, std::int64_t now
) {
  constexpr std::string_view gateway_prefix = "gateway:";
  std::vector<store::minute_counter> out;
  // Gateways that are in a later minute.
  std::set<std::string> later;
  for (std::size_t i = minutes.size(); i-- > 0;) {
    const auto minute = first + static_cast<std::int64_t>(i);
    bool gateway_lost = false;
    for (const auto& [name, value] : minutes[i]) {
      if (name.starts_with(gateway_prefix)) {
        if (later.insert(name).second && value == "open" && minute <= now - silent)
          gateway_lost = true;
        continue;
      }
      std::int64_t count = 0;
      std::from_chars(value.data(), value.data() + value.size(), count);
      if (count > 0) out.push_back({minute, name, count});
    }
    const auto marked = [&] {
      return std::any_of(out.begin(), out.end(), [&](const auto& each) {
        return each.minute == minute && each.name == incomplete;
      });
    };
    if (gateway_lost && !marked()) out.push_back({minute, std::string(incomplete), 1});
  }
  return out;
}

}  // namespace trunkline::worker
