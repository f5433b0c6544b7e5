// SPDX-License-Identifier: Apache-2.0
// Redis' part of `trunkline queue`: four round trips. Ages are Redis' TIME minus the entry's id, so
// that a wrong clock here changes nothing.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "common/stream/contract.hpp"
#include "admin/queue/queue_readers.hpp"
#include "admin/redis.hpp"

namespace trunkline::admin {
namespace {

using std::chrono::milliseconds;
using command = std::vector<std::string>;
using results = std::vector<redis::client::result>;

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

// Flat replies of names and values: HGETALL, CONFIG GET, XINFO.
const redis::reply* member(const redis::reply& pairs, std::string_view name) {
  for (std::size_t i = 0; i + 1 < pairs.elements.size(); i += 2)
    if (pairs.elements[i].text == name) return &pairs.elements[i + 1];
  return nullptr;
}

std::optional<std::string> text_member(const redis::reply& pairs, std::string_view name) {
  const auto* found = member(pairs, name);
  return found ? std::optional(found->text) : std::nullopt;
}

// A gateway's first card may be older than its connections for deliveries.
bool is_first_card(const redis::reply& hash) {
  const auto started = whole(text_member(hash, "started").value_or(""));
  const auto seen = whole(text_member(hash, "seen").value_or(""));
  return started && seen && *seen - *started < 1000;
}

// "used_memory:1234\r\n" in the text of INFO.
std::optional<std::int64_t> info_number(const std::string& info, const std::string& name) {
  const std::size_t at = info.find("\n" + name + ":");
  if (at == std::string::npos) return std::nullopt;
  return whole(std::string_view(info).substr(at + name.size() + 2));
}

class reader {
 public:
  reader(const config::common_options& options, const redis::endpoint& where, milliseconds budget)
      : names_(options.stream_namespace),
        key_(stream::deliveries_key(names_)),
        end_(std::chrono::steady_clock::now() + budget),
        where_(where),
        client_(open_redis(options, where, "queue", budget)) {}

  reading<redis_state> read();
  reading<redis_state> read_queue();

 private:
  results ask(const std::vector<command>& commands) {
    return client_.pipeline(
        commands,
        std::max(
            milliseconds(1),
            std::chrono::duration_cast<milliseconds>(end_ - std::chrono::steady_clock::now())
        )
    );
  }
  std::optional<milliseconds> age_of(std::string_view entry_id) const {
    const auto created = whole(entry_id);
    if (!created || *created == 0) return std::nullopt;
    return std::max(milliseconds(0), milliseconds(now_ms_ - *created));
  }
  void note(const redis::client::result& failed, const std::string& what) {
    if (problem_.empty()) problem_ = what + ": " + failed.error();
  }

  bool read_depth();
  void read_memory(const redis::client::result&);
  void read_oldest();
  void read_minutes();
  void read_server();
  std::optional<std::vector<process_card>> read_cards(std::string_view kind);
  std::optional<std::vector<std::string>> scan(const std::string& pattern);

  std::string names_, key_;
  std::chrono::steady_clock::time_point end_;
  redis::endpoint where_;
  redis::client client_;
  redis_state state_;
  std::int64_t now_ms_ = 0;
  std::optional<std::string> last_delivered_;  // absent: not known
  std::string problem_;
};

// A stream or a group that is not there yet is empty. Any other refusal (NOPERM, WRONGTYPE) is not.
bool is_empty(const redis::client::result& answer) {
  return answer.why == redis::failure::none &&
         (answer.reply.text.starts_with("NOGROUP") || answer.reply.text == "ERR no such key");
}

// False: Redis does not answer at all.
bool reader::read_depth() {
  const std::string group(stream::group);
  const auto got = ask(
      {{"TIME"},
       {"XLEN", key_},
       {"XPENDING", key_, group},
       {"XINFO", "STREAM", key_},
       {"XINFO", "GROUPS", key_},
       {"XINFO", "CONSUMERS", key_, group}}
  );
  if (!got[0].ok() || !got[1].ok()) {
    problem_ = describe(got[0].ok() ? got[1] : got[0], where_);
    return false;
  }
  constexpr std::array whats = {"time",       "length",    "pending entries",
                                "the stream", "its group", "its consumers"};
  for (std::size_t i = 2; i < got.size(); ++i)
    if (!got[i].ok() && !is_empty(got[i])) note(got[i], whats[i]);
  const auto& time = got[0].reply.elements;
  if (time.size() == 2)
    now_ms_ = whole(time[0].text).value_or(0) * 1000 + whole(time[1].text).value_or(0) / 1000;
  state_.length = got[1].reply.integer;
  state_.pending = is_empty(got[2]) ? std::optional<std::int64_t>(0) : std::nullopt;
  if (const auto& pending = got[2].reply; got[2].ok() && pending.elements.size() >= 2) {
    state_.pending = pending.elements[0].integer;
    state_.pending_age = age_of(pending.elements[1].text);
  }
  state_.ever_accepted_known = got[3].ok() || is_empty(got[3]);
  if (got[3].ok())
    if (const auto last = text_member(got[3].reply, "last-generated-id"))
      state_.last_accepted_age = age_of(*last);
  if (got[4].ok() || is_empty(got[4])) last_delivered_ = "0-0";
  for (const auto& each : got[4].reply.elements)
    if (text_member(each, "name") == group)
      last_delivered_ = text_member(each, "last-delivered-id").value_or("0-0");
  if (got[5].ok() || is_empty(got[5])) state_.consumers = 0;
  for (const auto& each : got[5].reply.elements)
    if (text_member(each, "name") != stream::released_consumer) ++*state_.consumers;
  return true;
}

void reader::read_oldest() {
  if (state_.ready() == 0 || !last_delivered_) return;
  const auto got = ask({{"XRANGE", key_, "(" + *last_delivered_, "+", "COUNT", "1"}});
  if (!got[0].ok()) return note(got[0], "age of the oldest entry");
  if (!got[0].reply.elements.empty() && !got[0].reply.elements[0].elements.empty())
    state_.ready_age = age_of(got[0].reply.elements[0].elements[0].text);
}

// The gateways' figures of each minute: refusals over an hour, the rate over the last full minute
// and what there is of this one.
void reader::read_minutes() {
  const std::int64_t minute = now_ms_ / 60000;
  std::vector<command> commands;
  for (std::int64_t back = 0; back < 60; ++back)
    commands.push_back({"HGETALL", stream::minute_key(names_, minute - back)});
  const auto got = ask(commands);
  std::map<std::string, std::int64_t> refused;
  std::int64_t accepted = 0;
  for (std::size_t back = 0; back < got.size(); ++back) {
    if (!got[back].ok()) return note(got[back], "the gateways' figures");
    const auto& pairs = got[back].reply.elements;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      const std::int64_t count = whole(pairs[i + 1].text).value_or(0);
      if (back < 2 && pairs[i].text == "accepted") accepted += count;
      if (pairs[i].text.starts_with("refused:")) refused[pairs[i].text.substr(8)] += count;
    }
  }
  const double seconds = 60 + static_cast<double>(now_ms_ % 60000) / 1000;
  state_.accepted_rate = static_cast<double>(accepted) / seconds;
  state_.refused = std::move(refused);
}

void reader::read_memory(const redis::client::result& info) {
  if (!info.ok()) return note(info, "Redis' memory");
  state_.used_memory = info_number(info.reply.text, "used_memory");
  state_.max_memory = info_number(info.reply.text, "maxmemory");
}

void reader::read_server() {
  const auto got =
      ask({{"INFO", "memory"}, {"CONFIG", "GET", "*append*"}, {"CONFIG", "GET", "maxmemory-policy"}}
      );
  read_memory(got[0]);
  // CONFIG may be closed to us (managed servers): then durability is unknown, which is not a
  // failure to look.
  if (got[1].ok()) {
    state_.appendonly = text_member(got[1].reply, "appendonly");
    state_.appendfsync = text_member(got[1].reply, "appendfsync");
    state_.no_fsync_on_rewrite = text_member(got[1].reply, "no-appendfsync-on-rewrite");
  }
  if (got[2].ok()) state_.policy = text_member(got[2].reply, "maxmemory-policy");
}

std::optional<std::vector<std::string>> reader::scan(const std::string& pattern) {
  std::vector<std::string> keys;
  std::string cursor = "0";
  do {
    const auto got = ask({{"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"}});
    if (!got[0].ok() || got[0].reply.elements.size() != 2) {
      note(got[0], "running processes");
      return std::nullopt;
    }
    cursor = got[0].reply.elements[0].text;
    for (const auto& key : got[0].reply.elements[1].elements) keys.push_back(key.text);
  } while (cursor != "0");
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());  // SCAN may repeat itself
  return keys;
}

std::optional<std::vector<process_card>> reader::read_cards(std::string_view kind) {
  const auto keys = scan(stream::process_pattern(names_, kind));
  if (!keys) return std::nullopt;
  if (keys->empty()) return std::vector<process_card>{};
  std::vector<command> commands;
  for (const auto& key : *keys) commands.push_back({"HGETALL", key});
  const auto got = ask(commands);
  const std::size_t prefix = stream::process_key(names_, kind, "").size();
  std::vector<process_card> cards;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (!got[i].ok()) {
      note(got[i], "running processes");
      return std::nullopt;
    }
    const auto& hash = got[i].reply;
    if (hash.elements.empty()) continue;  // it expired in between
    process_card card;
    card.id = (*keys)[i].substr(prefix);
    card.state = text_member(hash, "state").value_or("");
    card.reason = text_member(hash, "reason").value_or("");
    if (card.state == "unavailable" && is_first_card(hash)) card.state = "starting";
    card.durability = text_member(hash, "durability").value_or("");
    if (const auto rate = text_member(hash, "rate_1m"))
      card.rate = std::strtod(rate->c_str(), nullptr);
    cards.push_back(std::move(card));
  }
  return cards;
}

reading<redis_state> reader::read() {
  if (!read_depth()) return {{}, problem_};
  read_oldest();
  read_minutes();
  read_server();
  state_.workers = read_cards("worker");
  state_.gateways = read_cards("gateway");
  return {std::move(state_), problem_};
}

reading<redis_state> reader::read_queue() {
  if (!read_depth()) return {{}, problem_};
  read_oldest();
  read_memory(ask({{"INFO", "memory"}})[0]);
  return {std::move(state_), problem_};
}

reading<redis_state> read_by(
    reading<redis_state> (reader::*how)(), const config::common_options& options,
    milliseconds budget
) {
  redis::endpoint where;
  if (const auto wrong = redis::parse_url(options.redis, where); !wrong.empty())
    return {{}, "Redis' address: " + wrong};
  reader one(options, where, budget);
  return (one.*how)();
}

}  // namespace

reading<redis_state> read_redis(const config::common_options& options, milliseconds budget) {
  return read_by(&reader::read, options, budget);
}

reading<redis_state> read_redis_queue(const config::common_options& options, milliseconds budget) {
  return read_by(&reader::read_queue, options, budget);
}

}  // namespace trunkline::admin
