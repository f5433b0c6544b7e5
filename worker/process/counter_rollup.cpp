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
constexpr std::chrono::milliseconds patience = 1s;
constexpr std::int64_t overlap = 5;  // minutes that may still grow, or miss a goodbye
constexpr std::int64_t kept = 110;   // minutes; Redis keeps them for two hours
constexpr std::int64_t ahead = 1;    // a gateway's clock may be
constexpr std::int64_t silent = 2;   // minutes without a word: gone
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
  auto turn = **claimed;
  // All of them each time: a gateway that was cut off from Redis tells its minutes later.
  const auto oldest = turn.now - kept;
  std::vector<std::vector<std::string>> commands;
  for (auto minute = oldest; minute <= turn.now + ahead; ++minute)
    commands.push_back({"HGETALL", stream::minute_key(namespace_, minute)});
  const auto answers = client_.pipeline(commands, patience);
  std::vector<minute_hash> minutes;
  for (const auto& answer : answers) {
    if (!answer.ok()) {
      log_.debug("could not fold figures", {{"error", answer.error()}});
      return std::nullopt;
    }
    auto& hash = minutes.emplace_back();
    const auto& pairs = answer.reply.elements;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2)
      hash.emplace_back(pairs[i].text, pairs[i + 1].text);
  }
  auto figures = counters_from(oldest, minutes, turn.now);
  // What was forgotten by Redis before anybody folded it.
  if (turn.last)
    for (auto minute = std::max(*turn.last, turn.now - longest_gap); minute < oldest; ++minute)
      figures.push_back({minute, "at_least", 1});
  const auto done =
      store_.roll_up(figures, std::max(oldest, turn.last.value_or(oldest) - overlap), turn);
  if (!done) return done.error();
  return std::nullopt;
}

std::vector<store::minute_counter> counters_from(
    std::int64_t first, const std::vector<minute_hash>& minutes, std::int64_t now
) {
  constexpr std::string_view card = "gateway:";
  std::vector<store::minute_counter> out;
  std::set<std::string> later;  // gateways that were heard of in a later minute
  for (std::size_t i = minutes.size(); i-- > 0;) {
    const auto minute = first + static_cast<std::int64_t>(i);
    bool gone = false;
    for (const auto& [name, value] : minutes[i]) {
      if (name.starts_with(card)) {
        if (later.insert(name).second && value == "open" && minute <= now - silent) gone = true;
        continue;
      }
      std::int64_t count = 0;
      std::from_chars(value.data(), value.data() + value.size(), count);
      if (count > 0) out.push_back({minute, name, count});
    }
    const auto marked = [&] {
      return std::any_of(out.begin(), out.end(), [&](const auto& each) {
        return each.minute == minute && each.name == "at_least";
      });
    };
    if (gone && !marked()) out.push_back({minute, "at_least", 1});
  }
  return out;
}

}  // namespace trunkline::worker
